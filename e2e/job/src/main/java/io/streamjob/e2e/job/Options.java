package io.streamjob.e2e.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sample job's program arguments.
 *
 * @param out folder for the output, for example {@code s3://bucket/path} or {@code /out}
 * @param rate events per second
 * @param keys number of keys; event n has the key n modulo this
 * @param count number of events, after which the job finishes; without it the job runs on
 * @param rollMillis age at which the sink writes what it holds
 * @param stateBytes padding kept in state for each key, to make state larger
 * @param run tag of the run in every line; empty means the Flink job id
 * @param misbehave what to do wrong on purpose
 */
public record Options(
    String out,
    double rate,
    int keys,
    long count,
    long rollMillis,
    int stateBytes,
    String run,
    Misbehaviour misbehave) {

  static final String HELP =
      """
      Arguments of the sample job:
        --out FOLDER        where the output goes: s3://bucket/path or a mounted folder (required)
        --rate N            events per second (200)
        --keys N            number of keys (100)
        --count N           stop after N events (endless)
        --roll-ms N         write the held lines at this age, at every checkpoint anyway (1000)
        --state-bytes N     extra state for each key (0)
        --run TAG           tag of the run in every line (the Flink job id)
        --misbehave KIND    go wrong on purpose: %s (none)
      """
          .formatted(Misbehaviour.words());

  private static final Map<String, String> DEFAULTS = defaults();

  private static Map<String, String> defaults() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("out", "");
    map.put("rate", "200");
    map.put("keys", "100");
    map.put("count", String.valueOf(Long.MAX_VALUE));
    map.put("roll-ms", "1000");
    map.put("state-bytes", "0");
    map.put("run", "");
    map.put("misbehave", "none");
    return map;
  }

  /** Reads {@code --name value} or {@code --name=value}. */
  public static Options parse(String... args) {
    Map<String, String> given = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        throw wrong("'" + args[i] + "' is not an argument name");
      }
      String name = args[i].substring(2);
      String value;
      int equals = name.indexOf('=');
      if (equals >= 0) {
        value = name.substring(equals + 1);
        name = name.substring(0, equals);
      } else if (++i < args.length) {
        value = args[i];
      } else {
        throw wrong("--" + name + " has no value");
      }
      if (!DEFAULTS.containsKey(name)) {
        throw wrong("--" + name + " is unknown");
      }
      given.put(name, value);
    }
    if (given.get("out").isBlank()) {
      throw wrong("--out is missing");
    }
    String rateText = given.get("rate");
    double rate;
    try {
      rate = Double.parseDouble(rateText);
    } catch (NumberFormatException e) {
      throw wrong("--rate " + rateText + " is not a number");
    }
    if (!(rate > 0 && rate <= 1_000_000)) {
      throw wrong("--rate " + rateText + " is not above 0 and at most 1000000");
    }
    String run = given.get("run");
    if (run.chars().anyMatch(Character::isWhitespace)) {
      throw wrong("--run '" + run + "' has a blank in it");
    }
    return new Options(
        given.get("out").replaceAll("/+$", ""),
        rate,
        (int) whole(given, "keys", 1, 10_000_000),
        whole(given, "count", 1, Long.MAX_VALUE),
        whole(given, "roll-ms", 10, 3_600_000),
        (int) whole(given, "state-bytes", 0, 100_000_000),
        run,
        Misbehaviour.of(given.get("misbehave")));
  }

  boolean bounded() {
    return count != Long.MAX_VALUE;
  }

  private static long whole(Map<String, String> given, String name, long min, long max) {
    String text = given.get(name);
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw wrong("--" + name + " " + text + " is not a whole number from " + min + " to " + max);
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + "\n" + HELP);
  }
}
