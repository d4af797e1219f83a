/// What a sink did with a file's content.
public struct FileContent: Sendable {
    enum Form {
        /// In one piece.
        case whole
        /// With holes.
        case sparse
        /// With the inodes.
        case inline
    }

    /// The sink's own word for where it is.
    let place: UInt32
    let form: Form

    init(place: UInt32, _ form: Form = .whole) {
        self.place = place
        self.form = form
    }
}
