import ControlAPI
import Testing

@testable import Commands

@Suite struct TransferProgressTests {
    func layer(
        _ id: String, _ text: String = "Downloading", _ current: Int64? = nil, of total: Int64? = nil,
        status: Progress.Status = .working, image: String = "Image redis"
    ) -> Progress {
        Progress(id: id, parentID: image, status: status, text: text, current: current, total: total)
    }

    /// What stands on a screen after an image with three layers has been pulled for 2 s.
    func pull(columns: Int, rows: Int, layers: Int = 3) -> [String] {
        var tty = ProgressRenderer(mode: .tty, operation: "pull", colored: false)
        let window = WindowSize(columns: columns, rows: rows)
        var text = tty.progress(Progress(id: "Image redis", status: .working, text: "Pulling"), at: 0, window: window)
        text += tty.progress(layer("0123456789ab", "Already exists", status: .done), at: 0, window: window)
        for time in stride(from: Int64(0), through: 2000, by: 250) {
            for number in 1..<layers {
                let id = "layer\(number)xxxxxx"
                text += tty.progress(
                    layer(id, "Downloading", time * 10_000 * Int64(number), of: 100_000_000), at: time, window: window)
            }
        }
        text += tty.tick(at: 2000, window: window)
        return Screen(columns: columns).shows(text)
    }

    @Test func framesAreFewHoweverManyBytesAreReported() {
        var tty = ProgressRenderer(mode: .tty, operation: "pull", colored: false)
        let window = WindowSize(columns: 80, rows: 24)
        let frames = (Int64(0)..<1000).count { time in
            !tty.progress(layer("l1", "Downloading", time, of: 1000), at: time, window: window).isEmpty
        }
        #expect(frames <= 21, "twenty a second")
        #expect(!tty.progress(layer("l1", "Extracting"), at: 1000, window: window).isEmpty, "a new state shows at once")
    }

    @Test func aBarPerLayerWithRateAndRemainingTimeAndATotal() {
        #expect(
            pull(columns: 100, rows: 24) == [
                "[+] pull 0/1",
                " ⠋ Image redis Pulling                                                                          2.0s",
                "   ✔ 0123456789ab Already exists",
                "   ⠋ layer1xxxxxx Downloading    [=====>                           ]    20MB / 100MB    10MB/s    8s",
                "   ⠋ layer2xxxxxx Downloading    [============>                    ]    40MB / 100MB    20MB/s    3s",
                "     Total        1/3            [========>                        ]    60MB / 200MB    30MB/s    5s",
            ])
    }

    @Test(arguments: [20, 33, 40, 46, 50, 56, 62, 70, 80, 120, 300])
    func noLineIsWiderThanTheWindow(columns: Int) {
        for line in pull(columns: columns, rows: 24) { #expect(line.unicodeScalars.count <= columns, "\(line)") }
    }

    @Test(arguments: 3...12)
    func aSmallWindowShowsTheLayersThatFit(rows: Int) {
        let screen = pull(columns: 80, rows: rows, layers: 8)
        // One line stays free for the cursor.
        #expect(screen.count <= rows - 1, "\(screen)")
        #expect(screen.count > 1 && screen[1].contains("Image redis"))
        let hidden = screen.count { $0.contains("layer") } < 7
        #expect(screen[1].contains("⣿") || screen[1].contains("[") == hidden, "the image's own bar stands for the rest")
    }

    @Test func whatIsDoneMakesRoomForWhatIsNot() {
        var tty = ProgressRenderer(mode: .tty, operation: "pull", colored: false)
        let window = WindowSize(columns: 80, rows: 7)
        var text = ""
        for number in 0..<6 {
            text += tty.progress(
                layer(
                    "l\(number)", number < 4 ? "Pull complete" : "Downloading", status: number < 4 ? .done : .working),
                at: 0, window: window)
        }
        let names = Screen(columns: 80).shows(text).dropFirst(2).map { $0.dropFirst(5).prefix(2) }
        #expect(names == ["l4", "l5"])
    }

    @Test func anImageThatIsDoneFoldsItsLayers() {
        var tty = ProgressRenderer(mode: .tty, operation: "pull", colored: false)
        let window = WindowSize(columns: 60, rows: 24)
        var text = tty.progress(layer("l1", "Downloading", 1, of: 9), at: 0, window: window)
        text += tty.progress(layer("l1", "Pull complete", status: .done), at: 10, window: window)
        text += tty.progress(Progress(id: "Image redis", status: .done, text: "Pulled"), at: 1200, window: window)
        #expect(
            Screen(columns: 60).shows(text) == [
                "[+] pull 1/1", " ✔ Image redis Pulled                                   1.2s",
            ])
    }

    @Test func aLayerOfTwoImagesCountsOnceInTheTotal() {
        var sum = TransferSum()
        for image in ["Image a", "Image b"] {
            sum.update(layer("l1", "Downloading", 30, of: 100, image: image), at: 0)
            sum.update(layer("l2", "Downloading", 10, of: 100, image: image), at: 1000)
        }
        #expect(
            sum.line(columns: 80, at: 1000)
                == "     Total        0/2            [=>           ]      40B / 200B     10B/s   16s")
        sum.update(layer("l1", "Pull complete", status: .done), at: 1000)
        sum.update(layer("l2", "Pull complete", status: .done), at: 1000)
        #expect(sum.line(columns: 80, at: 1000) == nil, "nothing is left to wait for")
    }

    @Test func theRateIsThatOfTheLastSeconds() {
        var rate = TransferRate()
        #expect(rate.perSecond(at: 0) == nil)
        for time in stride(from: Int64(0), through: 10_000, by: 10) { rate.add(time * 1000, at: time) }
        #expect(rate.perSecond(at: 10_000) == 1_000_000)
        #expect(rate.remaining(2_500_000, at: 10_000) == 3)
        // It slows down to a tenth, and after the window nothing of the old pace is left.
        for time in stride(from: Int64(10_000), through: 14_000, by: 10) {
            rate.add(10_000_000 + (time - 10_000) * 100, at: time)
        }
        #expect(rate.perSecond(at: 14_000) == 100_000)
        #expect(rate.perSecond(at: 60_000).map { $0 < 10_000 } == true, "a transfer that stalls slows down")
    }

    @Test(arguments: [
        (Int64(0), "0s"), (59, "59s"), (60, "1m00s"), (3599, "59m59s"), (3600, "1h00m"), (86_400, "24h00m"),
        (1_000_000, ">99h"),
    ])
    func remainingTimes(seconds: Int64, text: String) {
        #expect(shortDuration(seconds: seconds) == text)
    }
}
