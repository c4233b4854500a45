package io.streamjob.operator.core.upgrade.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers the steps of a story, and gives long ids short names. */
final class Story {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private Story() {}

  static String tell(List<String> lines) {
    Map<String, String> names = new LinkedHashMap<>();
    var text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line =
          ID.matcher(lines.get(i))
              .replaceAll(
                  found -> names.computeIfAbsent(found.group(), id -> "id-" + (names.size() + 1)));
      text.append("%3d %s\n".formatted(i + 1, line));
    }
    return text.toString();
  }
}
