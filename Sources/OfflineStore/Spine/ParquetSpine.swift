import Columnar
import FeatureDefs
import Parquet

/// A spine in a Parquet file: its own columns with their types, then what must be converted to the definitions' types. A column that
/// has its type already is read once.
struct ParquetSpine: Sendable {
    private struct Conversion: Sendable {
        /// Among the file's columns.
        let place: Int
        let type: FeatureType
    }

    let path: String
    let layout: SpineLayout
    private let conversions: [Conversion]
    private let progress: ProgressReport

    private static let batchRows = 1 << 15

    init(
        _ path: String, timestampColumn: String, selection: FeatureSelection, observer: ProgressReport.Observer?
    ) throws(SpineError) {
        let (fields, rowCount) = try Self.fields(path)
        let names = fields.map(\.name)
        let columns = try SpineColumns(names: names, timestamp: timestampColumn, selection: selection)
        var conversions: [Conversion] = []
        func place(_ index: Int, as type: FeatureType) throws(SpineError) -> Int {
            if fields[index].type == ColumnType(type) { return index }
            guard let own = fields[index].type.featureType, own.isReadable(as: type) else {
                throw .wrongFileColumn(path: path, column: names[index], type: fields[index].type, expected: type)
            }
            conversions.append(Conversion(place: index, type: type))
            return fields.count + conversions.count - 1
        }
        let timestamp = try place(columns.timestamp, as: .timestamp)
        var keys: [Int] = []
        for (index, key) in zip(columns.joinKeys, selection.joinKeys) { keys.append(try place(index, as: key.type)) }
        var inputs: [Int] = []
        for (index, input) in zip(columns.requestInputs, selection.requestInputs) {
            inputs.append(try place(index, as: input.type))
        }
        layout = SpineLayout(
            shape: SpineTable(
                joinKeys: selection.joinKeys,
                requestInputs: selection.requestInputs,
                columns: fields.map { SpineTable.Column(name: $0.name, type: $0.type) }
            ),
            forms: (fields.map(\.type) + conversions.map { ColumnType($0.type) }).map(WireForm.init),
            own: 0..<fields.count,
            timestamp: timestamp,
            keys: keys,
            requestInputs: inputs
        )
        self.path = path
        self.conversions = conversions
        progress = ProgressReport(stage: "reading the spine", total: rowCount, observer: observer)
    }

    /// How many rows a file has, by its own account.
    static func rowCount(_ path: String) throws(SpineError) -> Int { try fields(path).rowCount }

    private static func fields(_ path: String) throws(SpineError) -> (fields: [ColumnTable.Field], rowCount: Int) {
        if let obstacle = FilePlace.obstacleToReading(path) { throw .unreadableFile(path: path, reason: obstacle) }
        do throws(ParquetError) {
            let reader = try ParquetReader(path: path)
            return (try reader.columnNames.map { name throws(ParquetError) in try reader.field(name) }, reader.rowCount)
        } catch {
            throw .unreadable(path, error)
        }
    }

    /// Hands over the layout's columns in batches of about so many rows; nil: all at once.
    func stream(
        batchRows: Int?, within budget: MemoryBudget?, _ consume: (_ columns: [Column], _ rowCount: Int) throws -> Void
    ) throws {
        let batches = try open()
        var parts: [[Column]] = []
        var rowCount = 0
        while let batch = try next(batches) {
            let columns = try columns(of: batch, firstRow: rowCount + 1)
            rowCount += batch.rowCount
            progress.report(rowCount)
            guard batchRows == nil else {
                try consume(columns, batch.rowCount)
                continue
            }
            try budget?.charge(columns.reduce(0) { $0 + $1.byteCount })
            parts.append(columns)
        }
        guard batchRows == nil else { return }
        let types = layout.types
        try consume(types.indices.map { index in Column.joined(parts.map { $0[index] }, type: types[index]) }, rowCount)
    }

    private func open() throws(SpineError) -> ParquetBatches {
        do throws(ParquetError) {
            return try ParquetReader(path: path).batches(rows: Self.batchRows)
        } catch {
            throw .unreadable(path, error)
        }
    }

    private func next(_ batches: ParquetBatches) throws(SpineError) -> ColumnTable? {
        do throws(ParquetError) { return try batches.next() } catch { throw .unreadable(path, error) }
    }

    private func columns(of batch: ColumnTable, firstRow: Int) throws(SpineError) -> [Column] {
        for (field, column) in zip(batch.fields, batch.columns) {
            try column.refuseWhatPostgresHasNot { row, what throws(SpineError) in
                throw .unusableValue(place: "row \(firstRow + row) of \(path)", column: field.name, reason: what)
            }
        }
        var columns = batch.columns
        for conversion in conversions {
            let column = batch.columns[conversion.place]
            columns.append(
                try column.converted(to: conversion.type) { row throws(SpineError) in
                    throw .unusableValue(
                        place: "row \(firstRow + row) of \(path)", column: batch.fields[conversion.place].name,
                        reason: "what is no \(conversion.type): so many numbers, none NULL")
                })
        }
        return columns
    }
}

extension SpineError {
    fileprivate static func unreadable(_ path: String, _ error: ParquetError) -> SpineError {
        switch error {
        // They name the path themselves.
        case .cannotOpen(_, let reason): .unreadableFile(path: path, reason: "cannot be opened: \(reason)")
        case .cannotWrite, .cannotRead, .unwritable, .notParquet, .unsupported, .corrupt, .unknownColumn:
            .unreadableFile(path: path, reason: error.description)
        }
    }
}

extension Column {
    /// A spine is the same whatever strategy joins it, so what Postgres could not hold is refused by all.
    fileprivate func refuseWhatPostgresHasNot(
        _ refuse: (_ row: Int, _ what: String) throws(SpineError) -> Void
    ) throws(SpineError) {
        switch self {
        case .string(let column):
            guard column.bytes.contains(0) else { return }
            for row in 0..<column.count where column.bytes[column.range(row)].contains(0) {
                try refuse(row, "text with a NUL character, which Postgres has not")
            }
        case .timestamp(let column):
            for (row, time) in column.values.enumerated() where column.validity.isValid(row) {
                let instant = Timestamp(microseconds: time)
                guard instant.isFinite, !Timestamp.finiteRange.contains(instant) else { continue }
                try refuse(row, "an instant before Postgres' first, 4713-11-24 BC")
            }
        case .list(let column):
            try column.elements.refuseWhatPostgresHasNot { index, what throws(SpineError) in
                try refuse((column.offsets.firstIndex { $0 > index } ?? 1) - 1, what)
            }
        case .bool, .int16, .int32, .int64, .float32, .float64, .date, .bytes, .uuid, .vector: return
        }
    }
}
