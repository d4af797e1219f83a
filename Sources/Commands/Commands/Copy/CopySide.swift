/// One side of `cp`: a path on the host, one in a service's container, or a standard stream.
enum CopySide: Equatable {
    case host(String)
    case container(service: String, path: String)
    case stream

    /// A colon behind a name without slashes makes a container's path, as in Docker; `./a:b` is a file.
    init(_ text: String) {
        if text == "-" {
            self = .stream
        } else if let colon = text.firstIndex(of: ":"), colon != text.startIndex, !text[..<colon].contains("/"),
            !text.hasPrefix(".")
        {
            self = .container(service: String(text[..<colon]), path: String(text[text.index(after: colon)...]))
        } else {
            self = .host(text)
        }
    }
}
