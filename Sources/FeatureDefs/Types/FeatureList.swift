/// The value of a list: values of one scalar type in order, NULL among them.
package struct FeatureList: Hashable, Sendable, Codable {
    package let values: [FeatureValue]
    /// What an empty list, or one of NULLs, does not say.
    package let element: FeatureType.Scalar

    package init(_ values: [FeatureValue], of element: FeatureType.Scalar) {
        assert(values.allSatisfy { $0.isNull || $0.type == FeatureType(element) }, "a list's values are of its element type")
        self.values = values
        self.element = element
    }
}
