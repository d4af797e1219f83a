extension CanonicalStack {
    /// The services whose image is made from a `build` section.
    public var builtServices: Set<String> {
        Set(servicesInOrder.filter { section("services")[$0]?["build"] != nil })
    }
}
