import ControlAPI
import Testing

@testable import Commands

@Suite struct LogPrinterTests {
    func line(_ container: String, _ text: String, _ stream: String = "stdout") -> LogLine {
        LogLine(
            container: container, service: "web", number: 1, stream: stream, time: "2025-11-22T12:00:00.5Z", text: text)
    }

    @Test func prefixesAreAligned() {
        var printer = LogPrinter(stack: "shop")
        printer.register("shop-web-1")
        printer.register("shop-database-1")
        printer.register("cache")
        #expect(printer.line(line("shop-web-1", "hello\n")).text == "web-1       | hello\n")
        #expect(printer.line(line("shop-database-1", "hello\r\n")).text == "database-1  | hello\n")
        #expect(
            printer.line(line("cache", "no line break", "stderr"))
                == .init(text: "cache       | no line break\n", isError: true))
    }

    @Test func optionsOfLogs() {
        var bare = LogPrinter(stack: "shop", prefixed: false, timestamps: true)
        #expect(bare.line(line("shop-web-1", "a\n")).text == "2025-11-22T12:00:00.5Z a\n")
        var colored = LogPrinter(stack: "shop", colored: true)
        #expect(colored.line(line("shop-a-1", "x\n")).text == "\u{1B}[36ma-1  | \u{1B}[0mx\n")
        #expect(colored.line(line("shop-b-1", "x\n")).text == "\u{1B}[33mb-1  | \u{1B}[0mx\n")
    }

    @Test func endsAreTold() {
        var printer = LogPrinter(stack: "shop")
        #expect(printer.exited("shop-web-1", code: 137, restarts: false) == "web-1 exited with code 137\n")
        #expect(printer.exited("shop-web-1", code: 1, restarts: true) == "web-1 exited with code 1 (restarting)\n")
    }

    @Test func selectionBecomesAQuery() {
        let selection = LogSelection(services: ["web", "a&b"], index: 2, tail: 5, follow: true, since: noon)
        #expect(
            ControlRequest(.logs, "my shop", query: selection.query).path
                == "/v1/stacks/my%20shop/logs?service=web&service=a%26b&index=2&tail=5&follow=1"
                + "&since=2025-11-22T12%3A00%3A00.000000000Z")
    }
}
