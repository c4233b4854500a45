package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.spec.RevisionSpec;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A version of the job's program, by how it behaves. */
enum Version {
  ONE,
  TWO,
  THREE,
  /** Comes to the end of its input. */
  BOUNDED,
  /** main() throws before the job is submitted. */
  REFUSED,
  /** main() throws when the job is submitted already: refused, and it runs. */
  THROWS_LATE,
  /** Fails for good before its first checkpoint. */
  FAILS,
  /** Fails for good after its first checkpoint. */
  FAILS_LATER,
  /** Restarts for ever, and never runs. */
  RESTARTS,
  /** Its image cannot be pulled. */
  NO_IMAGE,
  /** Its image holds no job. */
  NO_JAR;

  private static final Map<Version, RevisionSpec> SPECS = new EnumMap<>(Version.class);
  private static final Map<String, Version> BY_DIGEST = new HashMap<>();

  static {
    for (Version version : values()) {
      String tag = version.name().toLowerCase(Locale.ROOT).replace('_', '-');
      SPECS.put(version, Samples.revision("example/orders:" + tag));
      BY_DIGEST.put(version.spec().digest(), version);
    }
  }

  RevisionSpec spec() {
    return SPECS.get(this);
  }

  static Version of(RevisionSpec spec) {
    return BY_DIGEST.get(spec.digest());
  }

  /** Whether somebody must change the spec before this version can run. */
  boolean isHopeless() {
    return switch (this) {
      case ONE, TWO, THREE, BOUNDED -> false;
      case REFUSED, THROWS_LATE, FAILS, FAILS_LATER, RESTARTS, NO_IMAGE, NO_JAR -> true;
    };
  }
}
