import StackModel
import Testing

@Suite struct LogSettingsTests {
    @Test(
        "A log has a bound unless the file asks for none",
        arguments: [
            (LogSettings(), UInt64(20 << 20), UInt32(5)), (LogSettings(maximumFiles: 3), 20 << 20, 3),
            (LogSettings(maximumSize: 1000), 1000, 1), (LogSettings(maximumSize: 1000, maximumFiles: 2), 1000, 2),
            (LogSettings(maximumSize: -1), 0, 1),
        ])
    func bounds(settings: LogSettings, size: UInt64, files: UInt32) {
        #expect(settings.bound == (size, files))
    }
}
