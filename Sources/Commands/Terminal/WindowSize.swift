import Glibc

/// How much a terminal shows.
struct WindowSize: Equatable, Sendable {
    var columns: Int
    var rows: Int

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// 80 by 24 where the terminal doesn't say.
    init(of descriptor: Int32) {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        columns = known && size.ws_col > 0 ? Int(size.ws_col) : 80
        rows = known && size.ws_row > 0 ? Int(size.ws_row) : 24
    }
}
