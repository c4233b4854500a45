package io.streamjob.operator.core.upgrade.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every reachable state of every scope ({@code -Dmodel.only=<scope>} for one of them), and machines
 * with a mistake, each of which must be found out. {@code -Dmodel.report=true} writes the figures
 * into the documentation.
 */
class ModelCheckTest {

  private static final Optional<String> ONLY =
      Optional.ofNullable(System.getProperty("model.only"));
  private static final List<Search.Result> SEARCHED = new ArrayList<>();
  private static final List<Report.Caught> CAUGHT = new ArrayList<>();

  static List<String> scopes() {
    return Scopes.ALL.stream().map(Scope::name).filter(ModelCheckTest::isAsked).toList();
  }

  static List<String> mistakes() {
    return Mutants.ALL.entrySet().stream()
        .filter(entry -> isAsked(entry.getValue().scope()))
        .map(entry -> entry.getKey())
        .toList();
  }

  private static boolean isAsked(String scope) {
    return ONLY.filter(one -> !one.equals(scope)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("scopes")
  void breaksNoLawAndAlwaysComesToRest(String name) {
    Scope scope = Scopes.named(name);
    Search.Result result = Search.run(Machine.REAL, scope);
    System.out.printf(
        "model check: %-9s %,9d states, depth %3d, at rest within %3d moves, %5.1f s%n",
        name, result.states(), result.depth(), result.peace(), result.seconds());
    SEARCHED.add(result);
    assertThat(result.story()).as(scope.about()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void findsTheMistakeOfAMachineThat(String mistake) {
    Mutants.Mutant mutant = Mutants.ALL.get(mistake);
    Search.Result result = Search.run(mutant.machine(), Scopes.named(mutant.scope()));
    assertThat(result.story()).as(mistake).isPresent();
    String story = result.story().get();
    CAUGHT.add(
        new Report.Caught(
            mistake,
            mutant.scope(),
            result.states(),
            result.seconds(),
            story.substring(story.lastIndexOf("=> ") + 3).strip()));
  }

  @AfterAll
  static void report() throws IOException {
    if (Boolean.getBoolean("model.report") && ONLY.isEmpty()) {
      Report.write(SEARCHED, CAUGHT);
    }
  }
}
