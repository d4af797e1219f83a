import OCI

/// A stage while it is planned.
struct StageState {
    enum Origin: Equatable {
        case scratch
        case image(BaseImage)
        case stage(Int)
        case directory(String)
    }

    /// One instruction, and where it reads.
    struct Command {
        var instruction: Instruction
        /// Of a COPY one; of a RUN one for each mount.
        var sources: [FileSource] = []
        var isTrigger = false
    }

    let stage: Stage
    var origin: Origin
    /// The base as it is spelled, without variables.
    var baseName: String
    var platform: Platform?
    var commands: [Command] = []
    var hasTriggers = false

    var sources: [FileSource] { commands.flatMap(\.sources) }

    /// The stages that have to be there before this one.
    var dependencies: [Int] {
        var result = sources.compactMap { source -> Int? in
            if case .stage(let place) = source { place } else { nil }
        }
        if case .stage(let place) = origin { result.append(place) }
        return result
    }

    /// The images that it reads.
    var images: [BaseImage] {
        var result = sources.compactMap { source -> BaseImage? in
            if case .image(let image) = source { image } else { nil }
        }
        if case .image(let image) = origin { result.append(image) }
        return result
    }
}
