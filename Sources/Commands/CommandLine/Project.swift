import Glibc
import StackFile
import StackModel

/// The project that a command speaks of.
struct Project: Sendable {
    var name: String
    /// `nil` where the command needs no file and none was read.
    var stack: Stack?
}

extension Context {
    /// The stack of the files. Services named on the command line switch their profiles on; an unknown one is an error.
    func loadStack(services: [String] = []) throws -> LoadedStack {
        let loaded = try StackLoader.load(loadRequest(services: services))
        if !loaded.warnings.isEmpty {
            streams.error.show(errorText.render(loaded.warnings, sources: loaded.sources))
        }
        try check(services, against: loaded.stack)
        return loaded
    }

    /// The project for a command that can do without a file: with `-p` and no `-f`, nothing is read.
    func project(services: [String] = []) throws -> Project {
        if let name = global.projectName, global.files.isEmpty, environment["COMPOSE_FILE"] == nil {
            return Project(name: name, stack: nil)
        }
        let stack = try loadStack(services: services).stack
        return Project(name: stack.name, stack: stack)
    }

    /// The project for `down`, which has to work when the file is broken or gone.
    func projectDespiteFile(services: [String]) throws -> Project {
        do {
            return try project(services: services)
        } catch let error as StackFileError {
            guard let name = try projectNameDespiteFile() else { throw error }
            streams.error.say(
                errorText.render(error)
                    + "\nthe file can't be used; going on with what is known of the stack \"\(name)\"")
            return Project(name: name, stack: nil)
        }
    }

    private func projectNameDespiteFile() throws -> String? {
        if let name = global.projectName { return name }
        do throws(StackFileError) {
            return try StackLoader.projectName(loadRequest(services: []))
        } catch {
            return nil
        }
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

/// Refuses services that no container of the stack belongs to, where no file could say so.
func checkServices(_ services: [String], known: Set<String>) throws(CommandFailure) {
    for name in services where !known.contains(name) { throw .noSuchService(name) }
}
