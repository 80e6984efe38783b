import FeatureDefs

/// How well one feature alone tells two classes apart: the area under the ROC curve (Fawcett 2006), from 0.5 to 1 whichever way
/// it points. A value that is no number counts by its share of positives, unless nearly every row has one of its own.
enum LabelSeparation {
    /// Above this a feature alone is too good to be true.
    static let suspicious = 0.99
    /// Fewer rows of a class say nothing.
    static let leastRowsOfAClass = 10
    static let mostCategories = 50

    /// nil where there is too little to say.
    static func area(_ values: [FeatureValue], isPositive: [Bool]) -> Double? {
        let positives = isPositive.count { $0 }
        guard min(positives, isPositive.count - positives) >= leastRowsOfAClass else { return nil }
        guard let scores = scores(values, isPositive: isPositive) else { return nil }
        // A missing value is lower than all others, or higher: that it is missing may be what tells.
        let areas = [-Double.infinity, .infinity].map { missing in
            area(scores.map { $0 ?? missing }, isPositive: isPositive, positives: positives)
        }
        return areas.map { max($0, 1 - $0) }.max()
    }

    private static func scores(_ values: [FeatureValue], isPositive: [Bool]) -> [Double?]? {
        var numbers: [Double?] = []
        for value in values {
            switch value {
            case .null: numbers.append(nil)
            case .int64(let number): numbers.append(Double(number))
            // NaN is greater than every number, infinity too; it has no place of its own here.
            case .float64(let number): numbers.append(number.isNaN ? .infinity : number)
            case .float32(let number): numbers.append(number.isNaN ? .infinity : Double(number))
            case .bool(let flag): numbers.append(flag ? 1 : 0)
            case .timestamp(let instant): numbers.append(Double(instant.microseconds))
            case .string, .bytes, .uuid, .list, .vector: return shares(values, isPositive: isPositive)
            }
        }
        return numbers
    }

    private static func shares(_ values: [FeatureValue], isPositive: [Bool]) -> [Double?]? {
        var counts: [FeatureValue: (rows: Int, positives: Int)] = [:]
        for (value, isPositive) in zip(values, isPositive) where !value.isNull {
            counts[value, default: (0, 0)].rows += 1
            if isPositive { counts[value, default: (0, 0)].positives += 1 }
            if counts.count > mostCategories { return nil }
        }
        return values.map { value in counts[value].map { Double($0.positives) / Double($0.rows) } }
    }

    /// The Mann-Whitney statistic; rows of equal score share their ranks.
    private static func area(_ scores: [Double], isPositive: [Bool], positives: Int) -> Double {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            rankSum += rank * Double(order[start..<end].count { isPositive[$0] })
            start = end
        }
        let (n1, n0) = (Double(positives), Double(scores.count - positives))
        return (rankSum - n1 * (n1 + 1) / 2) / (n1 * n0)
    }
}
