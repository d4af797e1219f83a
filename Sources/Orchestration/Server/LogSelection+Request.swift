import Containers

extension LogSelection {
    /// `?service=…&index=N&tail=N&follow=1&since=TIME&until=TIME`
    init(_ request: ControlRequest) {
        self.init()
        services = request.values("service")
        index = request.value("index").flatMap(Int.init)
        tail = request.value("tail").flatMap(Int.init)
        follow = request.value("follow") == "1"
        since = request.value("since") ?? ""
        until = request.value("until") ?? ""
    }
}
