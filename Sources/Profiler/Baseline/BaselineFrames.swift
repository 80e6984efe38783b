package import DriftMonitor

/// What a baseline has fixed: the columns, their frames and the joint frame. Windows are measured in them, and never move them.
package struct BaselineFrames: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package let column: ProfiledColumn
        /// Of a numeric column; nil where the baseline had no finite value of it, and for the other kinds.
        package let frame: NumericFrame?
    }

    package let columns: [Column]
    package let joint: JointFrame

    package init(columns: [Column], joint: JointFrame) {
        self.columns = columns
        self.joint = joint
    }

    /// A profile of no rows; nil for a number without a frame.
    func emptyProfile(_ index: Int) -> FeatureProfile? {
        switch columns[index].column.kind {
        case .number: columns[index].frame.map { .numeric(NumericProfile(frame: $0)) }
        case .category, .presence: .category(CategoryProfile())
        }
    }

    /// One hash for all the definitions: the joint profile's.
    package var definition: String {
        ProfileHash.hexadecimal(columns.map { "\($0.column.name) \($0.column.definition)" }.joined(separator: "\n"))
    }
}
