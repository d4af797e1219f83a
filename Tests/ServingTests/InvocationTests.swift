import ControlAPI
import Testing

@testable import Serving

@Suite struct InvocationTests {
    @Test func argumentsAreRead() {
        let locations = Locations(root: "/r", runRoot: "/u")
        #expect(Invocation(["--root", "/r", "--run-root", "/u"])?.locations == locations)
        #expect(Invocation(["--run-root", "/u", "--root", "/r", "--ready-fd", "3"])?.readiness == 3)
        #expect(Invocation(["--root", "/r", "--run-root", "/u"])?.readiness == nil)
    }

    @Test(arguments: [
        [], ["--root", "/r"], ["--root", "r", "--run-root", "/u"],
        ["--root", "/r", "--run-root", "/u", "--ready-fd", "1"],
        ["--root", "/r", "--run-root", "/u", "--ready-fd", "x"], ["--root", "/r", "--run-root"],
        ["--root", "/r", "--run-root", "/u", "more"],
    ])
    func nonsenseIsRefused(_ arguments: [String]) {
        #expect(Invocation(arguments) == nil)
    }
}
