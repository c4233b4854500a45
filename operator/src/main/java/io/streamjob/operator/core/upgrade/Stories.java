package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.upgrade.Decision.Story;
import java.util.stream.Collectors;

/** The sentences that Events tell of plans. */
final class Stories {

  private static final int MAX_MESSAGE = 1000;
  private static final String AFTER = " (after: ";

  private Stories() {}

  static String opened(Plan plan) {
    String steps = plan.steps().stream().map(Step::label).collect(Collectors.joining(", "));
    return "%s for generation %d: %s"
        .formatted(plan.kind().label(), plan.generation(), steps.isEmpty() ? "nothing" : steps);
  }

  static Story completed(Plan plan) {
    return plan.afterwards()
        .map(Stories::completed)
        .orElseGet(() -> new Story(done(plan), plan.kind().label() + " is done", false));
  }

  private static String done(Plan plan) {
    return plan.kind().label() + "Done";
  }

  private static Story completed(GaveUp gaveUp) {
    String ending =
        gaveUp.rolledBack()
            ? "the former version runs again with its state; the new one failed: "
            : "given up: ";
    return new Story(
        gaveUp.rolledBack() ? "RolledBack" : gaveUp.verdict().reason(),
        ending + gaveUp.verdict().message(),
        true);
  }

  /** Fit to be kept in the state, however often failures follow on failures. */
  static Verdict bounded(Verdict verdict) {
    return verdict.message().length() <= MAX_MESSAGE
        ? verdict
        : new Verdict(verdict.reason(), Texts.cut(verdict.message(), MAX_MESSAGE));
  }

  /** A verdict on a plan that was itself the answer to a failure keeps the first cause. */
  static Verdict andBefore(Verdict verdict, Plan plan) {
    return plan.afterwards()
        .filter(before -> !before.verdict().message().contains(AFTER))
        .map(before ->
            new Verdict(
                plan.kind().label() + "Failed",
                "%s%s%s)".formatted(verdict.message(), AFTER, before.verdict().message())))
        .orElse(verdict);
  }
}
