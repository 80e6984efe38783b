import Foundation

/// Whether a classifier can tell the reference's rows from the current ones, on rows that it was not trained on (Lopez-Paz and Oquab
/// 2017). With squares and products it finds a copula flip that no marginal test and no linear model sees.
/// Vectors: c2st.logreg_copula_flip, c2st.logreg_mean_shift.
package struct ClassifierTwoSampleTest: Sendable {
    package enum Features: String, CaseIterable, Hashable, Sendable {
        case linear
        /// With s_i s_j, i <= j.
        case quadratic
    }

    /// How much a feature helps to tell the sides apart: the AUC that is lost when its values are shuffled among held-out rows.
    package struct Importance: Hashable, Sendable {
        package let feature: Int
        package let lostAUC: Double
    }

    /// The AUC on each fold, by the model trained on the others.
    package let foldAUCs: [Double]
    /// On the fold's rows, with equal sides and no effect.
    package let foldNullErrors: [Double]
    /// P(an AUC this large) when nothing differs: Mann and Whitney on each fold's held-out scores, combined by Stouffer.
    package let pValue: Double
    /// DeLong's, rows of one entity together.
    package let standardError: Double
    /// All features, the most telling first.
    package let importances: [Importance]

    /// The mean of the folds' AUCs; 0.5 when nothing differs. Gates of monitoring.md §2.5: 0.55 and 0.65.
    package var auc: Double { foldAUCs.reduce(0, +) / Double(foldAUCs.count) }

    /// A side's rows: values (NaN is missing), the fold of each and its entity.
    package struct Side: Sendable {
        package let rows: [[Double]]
        package let folds: [Int]
        package let entities: [UInt64]

        package init(rows: [[Double]], folds: [Int], entities: [UInt64]) {
            precondition(rows.count == folds.count && rows.count == entities.count, "each row has a fold and an entity")
            self.rows = rows
            self.folds = folds
            self.entities = entities
        }

        /// A sample's rows, entities whole in one of two folds.
        package init(_ sample: RowSample) {
            let rows = sample.rows
            self.init(
                rows: rows.map(\.values), folds: rows.map { Int(SplitMix64.mix($0.entity) & 1) },
                entities: rows.map(\.entity))
        }
    }

    /// Columns are standardised by the reference's mean and population standard deviation; a missing value becomes 0 and sets a flag
    /// column of its own. Leave out timestamps and ids, which tell any two windows apart.
    package init(reference: Side, current: Side, features: Features = .quadratic, seed: UInt64 = 1) {
        let mapping = RowMapping(reference: reference.rows, current: current.rows, features: features)
        let rows = reference.rows + current.rows
        let labels = reference.rows.map { _ in false } + current.rows.map { _ in true }
        let folds = reference.folds + current.folds
        let entities = reference.entities + current.entities
        let standardised = rows.map(mapping.standardised)
        let width = reference.rows.first?.count ?? 0

        var random = SplitMix64(seed: seed)
        var (aucs, errors, z, variance): ([Double], [Double], Double, Double) = ([], [], 0, 0)
        var lost = [Double](repeating: 0, count: width)
        for fold in Set(folds).sorted() {
            let train = rows.indices.filter { folds[$0] != fold }
            let test = rows.indices.filter { folds[$0] == fold }
            let model = LogisticRegression(
                rows: train.map { mapping.expanded(standardised[$0]) }, labels: train.map { labels[$0] })
            let held = test.map { labels[$0] }
            func separation(_ rows: [[Double]]) -> RankSeparation {
                RankSeparation(scores: rows.map { model.score(mapping.expanded($0)) }, labels: held)
            }
            let heldRows = test.map { standardised[$0] }
            let separated = separation(heldRows)
            aucs.append(separated.auc)
            errors.append(separated.nullError)
            z -= Normal.quantile(min(1 - 1e-16, max(1e-300, separated.pValue())))
            let error = separated.standardError(entities: test.map { entities[$0] })
            variance += error * error
            for feature in 0..<width {
                var order = Array(heldRows.indices)
                for index in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(index, random.below(index + 1)) }
                let shuffled = heldRows.indices.map { mapping.replacing(feature, of: heldRows[$0], from: heldRows[order[$0]]) }
                lost[feature] += separated.auc - separation(shuffled).auc
            }
        }
        let count = Double(max(aucs.count, 1))
        foldAUCs = aucs
        foldNullErrors = errors
        pValue = Normal.upperTail(z / count.squareRoot())
        standardError = variance.squareRoot() / count
        importances = lost.enumerated().map { Importance(feature: $0, lostAUC: $1 / count) }
            .sorted { $0.lostAUC != $1.lostAUC ? $0.lostAUC > $1.lostAUC : $0.feature < $1.feature }
    }
}

/// How rows become what the classifier sees.
private struct RowMapping {
    let means: [Double]
    let deviations: [Double]
    /// The columns in which something is missing: each gets a flag.
    let flagged: [Int]
    let features: ClassifierTwoSampleTest.Features

    init(reference: [[Double]], current: [[Double]], features: ClassifierTwoSampleTest.Features) {
        let width = reference.first?.count ?? 0
        self.features = features
        var (means, deviations): ([Double], [Double]) = ([], [])
        for column in 0..<width {
            let values = reference.map { $0[column] }.filter(\.isFinite)
            let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = values.isEmpty ? 0 : (squares / Double(values.count)).squareRoot()
            means.append(mean)
            deviations.append(deviation > 0 ? deviation : 1)
        }
        self.means = means
        self.deviations = deviations
        flagged = (0..<width).filter { column in
            reference.contains { !$0[column].isFinite } || current.contains { !$0[column].isFinite }
        }
    }

    /// The standardised values, then the flags.
    func standardised(_ row: [Double]) -> [Double] {
        let values = row.indices.map { row[$0].isFinite ? (row[$0] - means[$0]) / deviations[$0] : 0 }
        return values + flagged.map { row[$0].isFinite ? 0 : 1 }
    }

    /// A standardised row with one feature, and its flag, of another.
    func replacing(_ feature: Int, of row: [Double], from other: [Double]) -> [Double] {
        var row = row
        row[feature] = other[feature]
        if let flag = flagged.firstIndex(of: feature) { row[means.count + flag] = other[means.count + flag] }
        return row
    }

    func expanded(_ row: [Double]) -> [Double] {
        guard features == .quadratic else { return row }
        var result = row
        for i in means.indices { for j in i..<means.count { result.append(row[i] * row[j]) } }
        return result
    }
}
