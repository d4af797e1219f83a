import ControlAPI
import Diagnostics
import Glibc
import Kernel
import StackFile
import StackModel

/// The project that a command speaks of.
struct Project: Sendable {
    var name: String
    /// `nil` where the command needs no file and none was read.
    var stack: Stack?
}

/// What becomes of faults that only a start would stumble over.
enum FaultTreatment {
    /// The command creates containers: it ends with all of them.
    case refused
    /// The command carries out a part of the file, and tells what of it it can't: they are warnings.
    case told
    /// The command is about the file itself: they are warnings.
    case shown
    /// The command is about what is there already.
    case passedOver

    /// Whether it matters that something of the file isn't carried out; other commands would only say it again.
    fileprivate var tellsOfUnsupported: Bool {
        switch self {
        case .refused, .told: true
        case .shown, .passedOver: false
        }
    }

    fileprivate var showsFaults: Bool {
        switch self {
        case .told, .shown: true
        case .refused, .passedOver: false
        }
    }
}

extension Context {
    /// The stack of the files. Services named on the command line switch their profiles on; an unknown one is an error.
    ///
    /// - Parameter change: further options of the loader.
    func loadStack(
        services: [String] = [], faults: FaultTreatment, change: (inout LoadRequest) -> Void = { _ in }
    ) throws -> LoadedStack {
        var request = loadRequest(services: services)
        change(&request)
        let loaded = try StackLoader.load(request)
        var warnings = loaded.warnings
        if !faults.tellsOfUnsupported { warnings.removeAll(where: loaded.unsupported.contains) }
        if faults.showsFaults { warnings += loaded.faults.map(\.asWarning) }
        if !warnings.isEmpty { streams.error.show(errorText.render(warnings, sources: loaded.sources)) }
        if case .refused = faults, !loaded.faults.isEmpty {
            throw StackFileError(diagnostics: loaded.faults, sources: loaded.sources)
        }
        try check(services, against: loaded.stack)
        return loaded
    }

    /// The project for a command that can do without a file: with `-p` and no `-f`, nothing is read.
    func project(services: [String] = []) throws -> Project {
        if let name = global.projectName, global.files.isEmpty, environment["COMPOSE_FILE"] == nil {
            return Project(name: name, stack: nil)
        }
        let stack = try loadStack(services: services, faults: .passedOver).stack
        return Project(name: stack.name, stack: stack)
    }

    /// Whether there is a project to speak of: one named with `-p`, or a file.
    func hasProject() throws -> Bool {
        try global.projectName != nil || StackLoader.hasFile(loadRequest(services: []))
    }

    /// The project for `down`, which has to work when the file is broken or gone. The stack is then the one that was
    /// named, or the one whose own directory this is: a directory that only bears its name has no say about its data.
    func projectDespiteFile(services: [String], client: ControlClient) async throws -> Project {
        do {
            return try project(services: services)
        } catch let error as StackFileError {
            guard let name = try await projectNameDespiteFile(client) else { throw error }
            streams.error.say(
                errorText.render(error)
                    + "\nthe file can't be used; going on with what is known of the stack \"\(name)\"")
            return Project(name: name, stack: nil)
        }
    }

    private func projectNameDespiteFile(_ client: ControlClient) async throws -> String? {
        if let name = global.projectName { return name }
        let name: String
        do throws(StackFileError) {
            name = try StackLoader.projectName(loadRequest(services: []))
        } catch {
            return nil
        }
        if environment["COMPOSE_PROJECT_NAME"]?.isEmpty == false { return name }
        let directory = global.projectDirectory.map(absolutePath) ?? currentDirectory()
        let stacks = try await client.fetch(ControlRequest(.stacks))
        return stacks.contains { $0.name == name && Files.areSame($0.directory, directory) } ? name : nil
    }

    private func loadRequest(services: [String]) -> LoadRequest {
        var request = LoadRequest(environment: environment, currentDirectory: currentDirectory())
        request.files = global.files
        request.projectDirectory = global.projectDirectory
        request.projectName = global.projectName
        request.envFiles = global.envFiles
        request.profiles = global.profiles
        request.services = services
        return request
    }

    private func check(_ services: [String], against stack: Stack) throws(CommandFailure) {
        for name in services where stack.services[name] == nil {
            throw .noSuchService(name)
        }
    }
}

extension Diagnostic {
    fileprivate var asWarning: Diagnostic {
        var warning = self
        warning.severity = .warning
        return warning
    }
}

/// Refuses services that no container of the stack belongs to, where no file could say so.
func checkServices(_ services: [String], known: Set<String>) throws(CommandFailure) {
    for name in services where !known.contains(name) { throw .noSuchService(name) }
}
