package io.streamjob.e2e.crash;

import java.util.regex.Pattern;

/**
 * A write of the operator.
 *
 * @param what for example {@code PUT streamjobs/orders/status}, without what differs between runs
 * @param nth how many of these there were with this one
 */
record Call(Peer peer, String what, int nth) {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{6,}(-[0-9a-f]{4,})*");
  private static final Pattern KUBERNETES =
      Pattern.compile("/apis?/(?:[^/]+/)?v[^/]+/namespaces/[^/]+/");

  /** Whom the operator talks to. */
  enum Peer {
    KUBERNETES,
    FLINK,
    S3;

    /** Whether a request changes something. */
    boolean isWrite(Request request) {
      boolean isSafe = request.method().matches("GET|HEAD|OPTIONS");
      return switch (this) {
        // Leases are renewed all the time, and nothing but leadership depends on them.
        case KUBERNETES ->
            !isSafe
                && !request.path().contains("dryRun=All")
                && !request.path().startsWith("/apis/coordination.k8s.io/")
                && !request.path().startsWith("/apis/authorization.k8s.io/");
        case FLINK, S3 -> !isSafe;
      };
    }
  }

  static String what(Peer peer, Request request) {
    String path = request.path();
    int query = path.indexOf('?');
    String place = query < 0 ? path : path.substring(0, query);
    String shorter =
        switch (peer) {
          case KUBERNETES -> KUBERNETES.matcher(place).replaceFirst("");
          case FLINK -> place.substring(1);
          case S3 ->
              place.replaceFirst("^/[^/]+/jobs/[^/]+/", "")
                  + (query < 0 ? "" : path.substring(query));
        };
    return request.method() + " " + withoutIds(shorter);
  }

  /** The text without ids, which are another in each run. */
  static String withoutIds(String text) {
    return ID.matcher(text).replaceAll("#");
  }

  /** Names this write in any run: writes that do not wait for each other change places. */
  @Override
  public String toString() {
    return "%s %s%s".formatted(peer, what, nth == 1 ? "" : " (%d)".formatted(nth));
  }
}
