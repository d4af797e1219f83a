import ControlAPI
import Testing

@testable import Commands

@Suite struct ProgressTests {
    let window = WindowSize(columns: 60, rows: 24)

    func renderer(_ mode: ProgressMode, colored: Bool = false, dryRun: Bool = false) -> ProgressRenderer {
        ProgressRenderer(mode: mode, operation: "up", colored: colored, dryRun: dryRun)
    }

    @Test func plainLines() {
        var plain = renderer(.plain)
        let event = Progress(id: "Container shop-web-1", status: .working, text: "Creating")
        #expect(plain.progress(event, at: 0, window: window) == " Container shop-web-1 Creating\n")
        let reason = Progress(
            id: "Container shop-web-1", status: .working, text: "Recreate",
            details: "environment.LOG_LEVEL: \"info\" → \"debug\"")
        #expect(
            plain.progress(reason, at: 0, window: window)
                == " Container shop-web-1 Recreate environment.LOG_LEVEL: \"info\" → \"debug\"\n")
        #expect(
            plain.message("shop: waits for up (pid 7)", isWarning: false, at: 0, window: window)
                == "shop: waits for up (pid 7)\n")
        #expect(plain.tick(at: 100, window: window) == "")
        #expect(plain.finish(at: 100, window: window) == "")
        var dry = renderer(.plain, dryRun: true)
        #expect(dry.progress(event, at: 0, window: window) == "DRY-RUN MODE -  Container shop-web-1 Creating\n")
    }

    @Test func jsonLines() {
        var json = renderer(.json)
        let layer = Progress(
            id: "a1b2", parentID: "Image x", status: .working, text: "Downloading", current: 30, total: 60)
        #expect(
            json.progress(layer, at: 0, window: window) == """
                {"id":"a1b2","parent_id":"Image x","status":"Working","text":"Downloading","current":30,"total":60,"percent":50}

                """)
        let done = Progress(id: "Network n", status: .done, text: "Created")
        #expect(
            json.progress(done, at: 0, window: window)
                == "{\"id\":\"Network n\",\"status\":\"Done\",\"text\":\"Created\"}\n")
        #expect(json.message("w", isWarning: true, at: 0, window: window) == "{\"level\":\"warning\",\"text\":\"w\"}\n")
    }

    private func layer(
        _ text: String, _ current: Int64? = nil, id: String = "a1b2", status: Progress.Status = .working
    ) -> Progress {
        Progress(
            id: id, parentID: "Image x", status: status, text: text, current: current, total: current.map { _ in 9 })
    }

    @Test func plainSaysALayersTextOnce() {
        var plain = renderer(.plain)
        var text = ""
        for time in Int64(0)..<1000 {
            text += plain.progress(layer("Downloading", time), at: time * 10, window: window)
            text += plain.progress(layer("Downloading", time, id: "c3d4"), at: time * 10, window: window)
        }
        text += plain.progress(layer("Extracting"), at: 10_000, window: window)
        text += plain.progress(layer("Pull complete", status: .done), at: 10_000, window: window)
        #expect(text == " a1b2 Downloading\n c3d4 Downloading\n a1b2 Extracting\n a1b2 Pull complete\n")
        let container = Progress(id: "Container c", status: .working, text: "Waiting")
        text = plain.progress(container, at: 0, window: window)
        text += plain.progress(container, at: 0, window: window)
        #expect(text == " Container c Waiting\n Container c Waiting\n", "only layers are thinned out")
    }

    @Test func jsonSaysALayersBytesTenTimesASecond() {
        var pace = LayerPace(interval: 100)
        let shown = (Int64(0)..<1000).filter { pace.shows(layer("Downloading", $0), at: $0) }
        #expect(shown == [0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
        let events = [
            (layer("Downloading", 1, id: "c3d4"), Int64(901), true), (layer("Extracting"), 902, true),
            (layer("Extracting"), 2000, false), (layer("Pull complete", status: .done), 2001, true),
        ]
        for (event, time, expected) in events {
            let isShown = pace.shows(event, at: time)
            #expect(isShown == expected, "\(event) at \(time)")
        }
    }

    @Test func layersThatAreForgottenSayTheirStateAgain() {
        var pace = LayerPace(interval: nil)
        let numbers = Array(0..<LayerPace.limit) + [0, LayerPace.limit, 0]
        let shown = numbers.map { pace.shows(layer("Extracting", id: "\($0)"), at: 0) }
        #expect(shown.dropLast(3).allSatisfy { $0 })
        #expect(shown.suffix(3) == [false, true, true])
    }

    @Test func quietSaysOnlyWarnings() {
        var quiet = renderer(.quiet)
        #expect(quiet.progress(Progress(id: "a", status: .error, text: "Error"), at: 0, window: window) == "")
        #expect(quiet.message("notice", isWarning: false, at: 0, window: window) == "")
        #expect(quiet.message("careful", isWarning: true, at: 0, window: window) == "careful\n")
    }

    @Test func terminalFrames() {
        var tty = renderer(.tty)
        #expect(tty.tick(at: 0, window: window) == "")
        let creating = Progress(id: "Container shop-web-1", status: .working, text: "Creating")
        let first = tty.progress(creating, at: 0, window: window)
        #expect(
            Screen(columns: 60).shows(first) == [
                "[+] up 0/1", " ⠋ Container shop-web-1 Creating                        0.0s",
            ])
        let network = tty.progress(Progress(id: "Network n", status: .done, text: "Created"), at: 120, window: window)
        let started = tty.progress(
            Progress(id: "Container shop-web-1", status: .done, text: "Started"), at: 300, window: window)
        let end = tty.finish(at: 900, window: window)
        #expect(
            Screen(columns: 60).shows(first + network + started + end) == [
                "[+] up 2/2",
                " ✔ Container shop-web-1 Started                         0.3s",
                " ✔ Network n            Created                         0.0s",
            ])
        #expect(end.hasPrefix(Ansi.hideCursor) && end.hasSuffix(Ansi.showCursor))
    }

    @Test func noLineIsWiderThanTheWindow() {
        for columns in [20, 30, 40, 60, 200] {
            for colored in [false, true] {
                var tty = renderer(.tty, colored: colored)
                let window = WindowSize(columns: columns, rows: 10)
                let event = Progress(
                    id: "Container a-rather-long-project-name-web-1", status: .error, text: "Error",
                    details: "the command \"nginx\" was not found in the image\nsecond line")
                let text = tty.progress(event, at: 12_345, window: window)
                let lines = Screen(columns: 1000).shows(text)
                #expect(lines.allSatisfy { $0.unicodeScalars.count <= columns }, "\(columns): \(lines)")
            }
        }
    }

    @Test func layersBecomeABar() {
        var tty = renderer(.tty)
        var text = tty.progress(Progress(id: "Image redis", status: .working, text: "Pulling"), at: 0, window: window)
        for (id, current) in [("l1", Int64(1_000_000)), ("l2", 500_000), ("l3", 0)] {
            let layer = Progress(
                id: id, parentID: "Image redis", status: .working, text: "Downloading", current: current,
                total: 1_000_000)
            text += tty.progress(layer, at: 100, window: window)
        }
        text += tty.finish(at: 1000, window: window)
        #expect(
            Screen(columns: 60).shows(text) == [
                "[+] up 0/1", " ⠋ Image redis Pulling [⣿⣤⠀] 1.5MB / 3MB                1.0s",
            ])
    }

    @Test func noticesStayAboveTheLiveLines() {
        var tty = renderer(.tty)
        var text = tty.progress(Progress(id: "Network n", status: .working, text: "Creating"), at: 0, window: window)
        text += tty.message("web: recreate (image: \"a\" → \"b\")", isWarning: false, at: 50, window: window)
        text += tty.finish(at: 100, window: window)
        #expect(
            Screen(columns: 60).shows(text) == [
                "web: recreate (image: \"a\" → \"b\")", "[+] up 0/1",
                " ⠙ Network n Creating                                   0.1s",
            ])
    }

    @Test func aSmallWindowShowsWhatIsAtWork() {
        var tty = renderer(.tty)
        let small = WindowSize(columns: 60, rows: 5)
        var text = ""
        for number in 1...6 {
            text += tty.progress(
                Progress(id: "C\(number)", status: number < 5 ? .done : .working, text: "x"), at: 0, window: small)
        }
        let shown = Screen(columns: 60).shows(text)
        #expect(shown.count == 4)
        #expect(shown.first == "[+] up 4/6")
        #expect(shown.dropFirst().map { String($0.dropFirst(3).prefix(2)) } == ["C4", "C5", "C6"])
        #expect(Screen(columns: 60).shows(text + tty.finish(at: 0, window: small)).count == 7)
    }

    @Test func colorsAreOnlyThereWhenWanted() {
        let event = Progress(id: "a", status: .done, text: "Started")
        var plain = renderer(.tty)
        #expect(!plain.progress(event, at: 0, window: window).contains("\u{1B}[32m"))
        var colored = renderer(.tty, colored: true)
        #expect(colored.progress(event, at: 0, window: window).contains("\u{1B}[32m✔\u{1B}[0m"))
    }
}

/// What a terminal shows after some text; as much of ECMA-48 as the renderer writes.
struct Screen {
    let columns: Int

    func shows(_ text: String) -> [String] {
        var lines: [String] = [""]
        var row = 0
        var column = 0
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\n":
                row += 1
                column = 0
                if row == lines.count { lines.append("") }
            case "\r": column = 0
            case "\u{1B}": sequence(&scalars, &lines, &row, column)
            default:
                var line = Array(lines[row].unicodeScalars)
                while line.count <= column { line.append(" ") }
                line[column] = scalar
                lines[row] = String(String.UnicodeScalarView(line))
                column += 1
            }
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private func sequence(
        _ rest: inout Substring.UnicodeScalarView, _ lines: inout [String], _ row: inout Int, _ column: Int
    ) {
        rest.removeFirst()
        var argument = ""
        while let scalar = rest.popFirst() {
            guard scalar.properties.isAlphabetic else {
                argument.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "A": row -= Int(argument) ?? 1
            case "K": lines[row] = String(String.UnicodeScalarView(lines[row].unicodeScalars.prefix(column)))
            case "J":
                lines[row] = String(String.UnicodeScalarView(lines[row].unicodeScalars.prefix(column)))
                lines.removeSubrange((row + 1)...)
            default: break
            }
            return
        }
    }
}
