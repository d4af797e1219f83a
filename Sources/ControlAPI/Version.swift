/// The version of Roost (semantic versioning).
public let roostVersion = "0.1.0"
