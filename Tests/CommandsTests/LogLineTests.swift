import ControlAPI
import Testing

/// The quick coder of log lines does what the general one does.
@Suite struct LogLineTests {
    static let texts = [
        "plain\n", "", "tab\tquote\"back\\slash", "\u{1}\u{1f}\u{7f}\u{e9}\u{1F600}", "cr\r\n", "/slash/", "\u{8}\u{c}",
    ]

    @Test(arguments: texts) func bothFormsAreTheSame(_ text: String) throws {
        let event = LogEvent.line(
            LogLine(
                container: "shop-web-1", service: "web", number: 12, stream: "stderr",
                time: "2024-01-01T00:00:03.5Z", text: text))
        #expect(try JSON.decode(LogEvent.self, from: event.json()) == event)
        #expect(LogEvent(json: try event.json()[...]) == event)
        // The general encoder may spell characters otherwise.
        let general = try JSON.encode(event)
        #expect(LogEvent(json: general[...]).map { $0 == event } ?? true)
    }

    @Test(arguments: [
        "", "{", #"{"line":{"_0":{"container":"a"#,
        #"{"exited":{"container":"c","service":"s","code":1,"restarts":false}}"#,
        #"{"line":{"_0":{"container":"a","number":1,"service":"s","stream":"x","text":"\q","time":"t"}}}"#,
        #"{"line":{"_0":{"container":"a","number":1,"service":"s","stream":"x","text":"\ud83d\ude00","time":"t"}}}"#,
    ])
    func whatHasAnotherFormIsLeftToTheGeneralDecoder(_ text: String) {
        #expect(LogEvent(json: Array(text.utf8)[...]) == nil)
    }
}
