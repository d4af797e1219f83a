import ControlAPI
import Testing

@testable import Commands

@Suite struct ImageTableTests {
    let digits = String(repeating: "0123456789abcdef", count: 4)

    func row(
        _ repository: String? = "nginx", _ tag: String? = "1.27", digest: String? = nil, age: Int64 = 86_400 * 21,
        size: Int64 = 187_654_321, labels: [String: String] = [:]
    ) -> ImageSummary {
        ImageSummary(
            repository: repository, tag: tag, digest: digest, id: "sha256:" + digits, platform: "linux/amd64",
            created: nanoseconds(before: age), size: size, labels: labels)
    }

    @Test func columnsAreDockers() {
        let table = ImageTable(rows: [row(), row("localhost:5000/tools/box", nil), row(nil, nil, size: 0)], now: noon)
        #expect(
            table.table() == """
                REPOSITORY                 TAG       IMAGE ID       CREATED       SIZE
                nginx                      1.27      0123456789ab   3 weeks ago   188MB
                localhost:5000/tools/box   <none>    0123456789ab   3 weeks ago   188MB
                <none>                     <none>    0123456789ab   3 weeks ago   0B

                """)
        #expect(table.ids() == "0123456789ab\n", "one line an image")
        #expect(ImageTable(rows: [], now: noon).table() == "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n")
    }

    @Test func imagesThatLostTheirNamesAreListedAndFound() throws {
        var lost = row("nginx", nil, digest: "sha256:" + digits)
        lost.isNameless = true
        let rows = [row(), lost]
        #expect(lost.name == nil)
        let wanted = try ImageFilters(["dangling=true"], allowed: ["dangling"], now: noon)
        #expect(rows.filter { wanted.accepts($0) { _ in nil } } == [lost])
        let others = try ImageFilters(["dangling=false"], allowed: ["dangling"], now: noon)
        #expect(rows.filter { others.accepts($0) { _ in nil } } == [row()])
    }

    @Test func digestsAndWholeIDs() {
        let table = ImageTable(
            rows: [row(digest: "sha256:" + digits), row(nil, nil)], now: noon, truncated: false, digests: true)
        let lines = table.table().split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0] == ["REPOSITORY", "TAG", "DIGEST", "IMAGE", "ID", "CREATED", "SIZE"])
        #expect(lines[1].prefix(4) == ["nginx", "1.27", "sha256:" + digits, "sha256:" + digits])
        #expect(lines[2].prefix(3) == ["<none>", "<none>", "<none>"])
        #expect(table.ids() == "sha256:\(digits)\n")
    }

    @Test func jsonHasDockersFields() {
        let line = ImageTable(rows: [row(age: 5)], now: noon).json()
        #expect(
            line == """
                {"Containers":"N/A","CreatedAt":"2025-11-22 11:59:55 +0000 UTC","CreatedSince":"5 seconds ago",\
                "Digest":"<none>","ID":"0123456789ab","Platform":"linux/amd64","Repository":"nginx","SharedSize":"N/A",\
                "Size":"188MB","Tag":"1.27","UniqueSize":"N/A","VirtualSize":"188MB"}

                """)
    }

    @Test(arguments: [
        ("dangling=true", ["none"]), ("dangling=false", ["new", "old"]), ("label=a", ["new"]), ("label=a=1", ["new"]),
        ("label=a=2", []), ("label!=a", ["old", "none"]), ("before=shop/new:2", ["old", "none"]),
        ("since=shop/old:1", ["new", "none"]), ("reference=shop/*", ["new", "old"]), ("reference=*/*:2", ["new"]),
        ("reference=shop", []), ("until=30m", ["old", "none"]),
    ])
    func filters(text: String, expected: [String]) throws {
        let rows = [
            "new": row("shop/new", "2", age: 60, labels: ["a": "1"]), "old": row("shop/old", "1", age: 7200),
            "none": row(nil, nil, age: 3600),
        ]
        let filters = try ImageFilters([text], allowed: ImageListCommand.filterKeys, now: noon)
        let shown = rows.filter { entry in
            filters.accepts(entry.value) { name in rows.values.first { $0.name == name }?.created }
        }
        #expect(Set(shown.keys) == Set(expected))
    }

    @Test(arguments: ["dangling", "dangling=maybe", "color=red", "until=soon", "dangling!=true"])
    func badFilters(text: String) {
        #expect(throws: CommandFailure.self) {
            try ImageFilters([text], allowed: ImageListCommand.filterKeys, now: noon)
        }
    }

    @Test func anUnknownImageInAFilterIsNamed() throws {
        let filters = try ImageFilters(["before=nowhere"], allowed: ImageListCommand.filterKeys, now: noon)
        let options = try ImageListCommand.read([]).options
        #expect(throws: CommandFailure.self) {
            try ImageListOptions.text([row()], filters: filters, format: .table, options: options, now: noon)
        }
    }

    @Test func historyTable() throws {
        let rows = [
            HistoryEntry(
                id: "sha256:" + digits, created: nanoseconds(before: 60), createdBy: "CMD [\"nginx\"]", size: 0,
                comment: "buildkit"),
            HistoryEntry(
                id: nil, created: 0, createdBy: "RUN\tapt-get install --yes a-package-with-a-rather-long-name",
                size: 1234,
                comment: ""),
        ]
        #expect(
            ImageHistoryText(rows: rows, now: noon).table() == """
                IMAGE          CREATED              CREATED BY                                      SIZE      COMMENT
                0123456789ab   About a minute ago   CMD ["nginx"]                                   0B        buildkit
                <missing>      N/A                  RUN apt-get install --yes a-package-with-a-r…   1.23kB    \n
                """)
        let exact = ImageHistoryText(rows: rows, now: noon, truncated: false, human: false)
        #expect(exact.table().contains("2025-11-22T11:59:00Z"))
        #expect(exact.table().contains("1234  "))
        #expect(exact.table().contains("a-rather-long-name"))
        #expect(exact.ids() == "sha256:\(digits)\n<missing>\n")
        #expect(
            ImageHistoryText(rows: Array(rows.prefix(1)), now: noon).json() == #"""
                {"Comment":"buildkit","CreatedAt":"2025-11-22T11:59:00Z","CreatedBy":"CMD [\"nginx\"]",\#
                "CreatedSince":"About a minute ago","ID":"0123456789ab","Size":"0B"}

                """#)
        #expect(try ImageHistoryCommand.read(["--human=false", "x"]).human == false)
        #expect(try ImageHistoryCommand.read(["-H", "x"]).images == ["x"])
    }

    @Test func diskUsage() {
        let text = DiskUsageText(rows: [
            DiskUsageRow(type: "Images", total: 5, active: 2, size: 2_000_000_000, reclaimable: 500_000_000),
            DiskUsageRow(type: "Build Cache", total: 0, active: 0, size: 0, reclaimable: 0),
        ])
        #expect(
            text.table() == """
                TYPE          TOTAL     ACTIVE    SIZE      RECLAIMABLE
                Images        5         2         2GB       500MB (25%)
                Build Cache   0         0         0B        0B

                """)
        #expect(
            text.json().hasPrefix(
                #"{"Active":"2","Reclaimable":"500MB (25%)","Size":"2GB","TotalCount":"5","Type":"Images"}"#))
    }

    @Test func groupsAndTheirCommands() throws {
        for group in CommandGroup.names {
            let group = try #require(CommandGroup(named: group))
            for name in group.commands {
                #expect(group.command(named: name) != nil, "roost \(group.name) \(name) is listed")
                #expect(group.help().contains("  \(name) "))
            }
        }
        #expect(throws: CommandFailure.self) { try CommandChoice("image", ["nosuch"]) }
        #expect(throws: CommandFailure.self) { try CommandChoice("image", ["-x"]) }
        #expect(try CommandChoice("image", ["ls", "-q"]).arguments == ["-q"])
        #expect(try CommandChoice("rmi", ["x"]).type == ImageRemoveCommand.self)
    }
}
