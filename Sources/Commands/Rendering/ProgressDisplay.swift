import ControlAPI

/// The renderer with a clock, a window and standard error.
actor ProgressDisplay {
    private var renderer: ProgressRenderer
    private let output: Output
    private let origin = ContinuousClock.now
    private let descriptor: Int32

    init(renderer: ProgressRenderer, output: Output, descriptor: Int32) {
        self.renderer = renderer
        self.output = output
        self.descriptor = descriptor
    }

    var isAnimated: Bool { renderer.isAnimated }

    func progress(_ event: Progress) { output.show(renderer.progress(event, at: now, window: window)) }

    func message(_ text: String, isWarning: Bool) {
        output.show(renderer.message(text, isWarning: isWarning, at: now, window: window))
    }

    func tick() { output.show(renderer.tick(at: now, window: window)) }

    func finish() { output.show(renderer.finish(at: now, window: window)) }

    private var now: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - origin).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    private var window: WindowSize {
        renderer.isAnimated ? WindowSize(of: descriptor) : WindowSize(columns: 80, rows: 24)
    }
}
