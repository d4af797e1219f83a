import Planning

/// A supervisor's beginning, and a container's end.
extension Container {
    /// Takes over what an earlier supervisor left. Nothing is started yet.
    func adopt() async {
        isHeld = true
        if status.boot != "" && status.boot != effects.boot {
            send(.hostBooted)
        } else {
            send(.adopted(await effects.find(record)))
        }
    }

    /// Goes on where the last supervisor ended.
    func resume() async {
        isHeld = false
        setTimer()
        guard let processes = status.machine.processes else { return }
        enqueue { container in
            guard container.status.machine.processes == processes else { return }
            await container.attach(processes)
        }
        follow(processes)
        await work?.value
    }

    /// The container is about to be removed: nothing happens to it any more.
    func close() async {
        isClosed = true
        timer?.task.cancel()
        cancelProbes()
        watch?.cancel()
        await work?.value
        waits.end()
    }

    /// Its removal failed: it goes on being there.
    func reopen() {
        isClosed = false
        timer = nil
        setTimer()
    }
}
