import ControlAPI

extension LogSelection {
    func includes(_ container: ContainerSummary) -> Bool {
        (services.isEmpty || services.contains(container.service)) && (index == nil || index == container.number)
    }
}
