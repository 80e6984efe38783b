import Columnar
import DriftMonitor

/// Rows as the joint profile takes them: z of the numeric columns, bounded, then codes of the categories; NaN is missing.
struct JointRows {
    /// Without a place for a feature that was not served: missing in every row.
    private let numbers: [(place: Int, frame: NumericFrame)?]
    private let categories: [Int?]

    init(_ frames: BaselineFrames) {
        func place(_ name: String) -> Int? { frames.columns.firstIndex { $0.column.name == name } }
        numbers = frames.joint.columns.map { name in
            place(name).flatMap { place in frames.columns[place].frame.map { (place, $0) } }
        }
        categories = frames.joint.categories.map(place)
    }

    func rows(of rows: ProfiledRows, at indices: some Collection<Int>) -> [RowSample.Row] {
        let width = numbers.count + categories.count
        var values = indices.map { _ in [Double](capacity: width) }
        for number in numbers {
            guard let (place, frame) = number, case .numbers(let cells, let validity) = rows.cells[place] else {
                for offset in values.indices { values[offset].append(.nan) }
                continue
            }
            for (offset, index) in indices.enumerated() {
                values[offset].append(validity.isValid(index) ? JointProfile.bounded(frame.standardised(cells[index])) : .nan)
            }
        }
        for place in categories {
            guard let place, case .texts(let texts) = rows.cells[place] else {
                for offset in values.indices { values[offset].append(.nan) }
                continue
            }
            var codes: [String: Double] = [:]
            for (offset, index) in indices.enumerated() {
                guard let text = texts[index] else {
                    values[offset].append(.nan)
                    continue
                }
                if let known = codes[text] {
                    values[offset].append(known)
                } else {
                    let code = JointProfile.code(text)
                    codes[text] = code
                    values[offset].append(code)
                }
            }
        }
        return zip(indices, values).map { index, values in
            RowSample.Row(hash: rows.hashes[index], entity: rows.entities[index], values: values)
        }
    }
}

extension [Double] {
    fileprivate init(capacity: Int) {
        self.init()
        reserveCapacity(capacity)
    }
}
