package import FeatureDefs

extension ServedRecord {
    /// The row of a version, as the served log names it.
    package init(_ version: RowVersion) {
        self.init(
            cut: version.cut, run: version.run, event: version.event.isFinite ? version.event : nil,
            available: version.available.isFinite ? version.available : nil)
    }
}
