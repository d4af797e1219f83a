import CLinux
import Glibc
import Testing

/// Whether the tests may make network namespaces.
let isRoot = geteuid() == 0

/// Runs `body` with this thread in a network namespace of its own, and puts the thread back.
func inNewNetwork<Result>(_ body: () throws -> Result) throws -> Result {
    let home = try currentNetwork()
    defer {
        #expect(clinux_enter_network(home) == 0)
        close(home)
    }
    try #require(clinux_unshare_network() == 0)
    return try body()
}

/// Runs `body` with this thread in the network namespace behind a descriptor, and puts the thread back.
func inNetwork<Result>(_ network: Int32, _ body: () throws -> Result) throws -> Result {
    let home = try currentNetwork()
    defer {
        #expect(clinux_enter_network(home) == 0)
        close(home)
    }
    try #require(clinux_enter_network(network) == 0)
    return try body()
}

/// A descriptor of this thread's network namespace.
func currentNetwork() throws -> Int32 {
    let descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    return descriptor
}

/// Runs a program in this thread's network namespace, feeds it `input` and returns its output.
func run(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
    var path = Array("/tmp/roost-test-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    try #require(file >= 0)
    defer { close(file) }
    unlink(path)
    let bytes = Array(input.utf8)
    try #require(write(file, bytes, bytes.count) == bytes.count)
    lseek(file, 0, SEEK_SET)
    var outPath = Array("/tmp/roost-test-XXXXXX".utf8CString)
    let output = mkstemp(&outPath)
    try #require(output >= 0)
    defer { close(output) }
    unlink(outPath)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, file, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var child = pid_t()
    try #require(posix_spawnp(&child, arguments[0], &actions, nil, &pointers, environ) == 0)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}

    lseek(output, 0, SEEK_SET)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(output, &buffer, buffer.count)
        guard count > 0 else { break }
        text += buffer[..<count]
    }
    return (status, String(decoding: text, as: UTF8.self))
}
