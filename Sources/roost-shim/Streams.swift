import Glibc
import Kernel
import Launching

/// The container's standard streams: pipes, or a terminal that the container's process makes later.
struct ContainerStreams: ~Copyable {
    /// What the shim reads: output and error, or the terminal as output. -1 when there is none (any more).
    private(set) var output: Int32 = -1
    private(set) var error: Int32 = -1
    /// The descriptor that writes to the container's standard input; the terminal itself if there is one.
    private(set) var input: Int32 = -1
    private(set) var isTerminal = false
    /// The container's ends.
    private var child = ChildStreams()

    /// - Parameter together: output and error are one pipe, which keeps the order of what is written to both.
    init(_ process: ProcessSettings, together: Bool = false) throws(LaunchFailure) {
        if process.terminal || process.handOver != nil { return }
        try explained { () throws(KernelError) in
            (output, child.output) = try OwnedDescriptor.pipe().release()
            if together {
                child.error = child.output
            } else {
                (error, child.error) = try OwnedDescriptor.pipe().release()
            }
            guard process.openStandardInput else { return }
            let ends = try OwnedDescriptor.pipe().release()
            child.input = ends.reading
            hold(input: ends.writing)
        }
        // Only the shim's own ends: the container's must block.
        for number in [output, error] where number >= 0 { _ = fcntl(number, F_SETFL, O_NONBLOCK) }
    }

    /// Takes a terminal's master end.
    mutating func use(terminal: consuming OwnedDescriptor) {
        let number = terminal.release()
        _ = fcntl(number, F_SETFL, O_RDWR | O_NONBLOCK)
        isTerminal = true
        output = number
        hold(input: number)
    }

    /// Puts the input under the number at which the supervisor looks for it.
    private mutating func hold(input number: Int32) {
        let fixed = MonitorSettings.inputDescriptor
        input = fixed
        // dup2 fails for a number beyond the limit of open files only.
        try? OwnedDescriptor.duplicate(number, to: fixed)
        if number != output { close(number) }
    }

    /// In the shim, after the clone.
    mutating func closeChildEnds() {
        child.close()
    }

    /// In the container's process.
    consuming func intoChild() -> ChildStreams { child }

    /// The container reads an end.
    mutating func endOfInput() {
        guard input >= 0, !isTerminal else { return }
        close(input)
        input = -1
    }

    mutating func endOfOutput() {
        close(output)
        output = -1
    }

    mutating func endOfError() {
        close(error)
        error = -1
    }
}

/// The container's ends of its standard streams; -1 for what it opens itself.
struct ChildStreams {
    var input: Int32 = -1
    var output: Int32 = -1
    var error: Int32 = -1

    /// Those that there are.
    var numbers: [Int32] { (output == error ? [input, output] : [input, output, error]).filter { $0 >= 0 } }

    mutating func close() {
        for number in numbers { Glibc.close(number) }
        self = ChildStreams()
    }

    /// Puts the streams under 0, 1 and 2; those that are missing stay as they are.
    func install() throws(KernelError) {
        for (number, stream) in zip(Int32(0)..., [input, output, error]) where stream >= 0 {
            try check("set standard stream \(number)") { dup2(stream, number) }
        }
    }
}
