import Testing

/// What a view has beyond the features that a service takes shows nowhere.
@Suite struct UnaskedFeatureTests {
    /// What fails is a feature of the same view that the service has not.
    @Test(arguments: ["probe", "merge"])
    func aFeatureThatNobodyAskedForDoesNotFail(strategy: String) async throws {
        let project = try await TrainingProject()
        try await project.train(to: "whole.csv", "--strategy", strategy)
        try project.asof.write(
            TrainingProject.definitions
                .replacing(
                    "      spend_7d:",
                    with: """
                              overflowing: {sum: "customer_id * 9223372036854775807", window: 7d}
                              undefined: {latest: "ln(amount - 1000)"}
                              spend_7d:
                        """
                )
                .replacing("[customer_orders]", with: "[customer_orders.last_amount, customer_orders.order_count_7d]"),
            to: "features/orders.yaml")
        let made = try await project.train(to: "some.csv", "--strategy", strategy)
        #expect(made.code == 0, "\(made.error)")
        let difference = try await project.asof.run("diff", "whole.csv", "some.csv")
        #expect(difference.output.contains("columns only in whole.csv: spend_7d"), "\(difference.output)")
        #expect(!difference.output.contains("column last_amount") && !difference.output.contains("column order_count_7d"))
        await project.remove()
    }
}
