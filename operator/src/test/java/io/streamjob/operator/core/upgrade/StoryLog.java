package io.streamjob.operator.core.upgrade;

import io.streamjob.operator.core.observed.Problem;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What happened, one line each, with short names for long ids. */
final class StoryLog {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Set<String> said = new HashSet<>();
  private String problem = "";

  /** The user, or the world, does something. */
  void event(int second, String what) {
    line(second, "*", what);
  }

  /** The machine changes its state, and from then on says everything anew. */
  void transition(int second, String what) {
    said.clear();
    problem = "";
    line(second, ">", what);
  }

  void action(int second, String what) {
    if (said.add(what)) {
      line(second, " -", what);
    }
  }

  void problem(int second, Optional<Problem> found) {
    String now = found.map(p -> p.reason() + ": " + p.message()).orElse("");
    if (!now.equals(problem)) {
      problem = now;
      line(second, " ?", now.isEmpty() ? "no problem any more" : now);
    }
  }

  private void line(int second, String mark, String what) {
    text.append("%4d %-2s %s%n".formatted(second, mark, shortened(what)).replace("\r", ""));
  }

  private String shortened(String what) {
    return ID.matcher(what)
        .replaceAll(
            found -> names.computeIfAbsent(found.group(), id -> "id-" + (names.size() + 1)));
  }

  String text() {
    return text.toString();
  }
}
