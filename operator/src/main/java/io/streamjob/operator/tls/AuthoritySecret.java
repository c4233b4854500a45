package io.streamjob.operator.tls;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.streamjob.operator.tls.Certificates.Request;
import io.streamjob.operator.tls.Certificates.Use;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps the {@link Authority} in a Secret of the operator's own namespace: {@code ca-<n>.crt} and
 * {@code ca-<n>.key} for each generation. Without it the operator has no way to the Flink clusters
 * that are running.
 */
public final class AuthoritySecret {

  /** The Secret's name. */
  public static final String NAME = "streamjob-authority";

  private static final int LIFE_YEARS = 10;

  /** A generation that is older signs no more. */
  private static final Duration LONGEST_SIGNING = Duration.ofDays(365);

  private static final int TRIES = 10;
  private static final String CERTIFICATE = ".crt";
  private static final String KEY = ".key";
  private static final String PREFIX = "ca-";

  private final KubernetesClient client;
  private final String namespace;
  private final Clock clock;

  private AuthoritySecret(KubernetesClient client, String namespace, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  /** The Secret holds something else; the message names the remedy. */
  public static final class UnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Reads the authority; makes it if there is none, and a new generation if it is time.
   *
   * @throws UnreadableException if the Secret is damaged
   */
  public static Authority open(KubernetesClient client, String namespace, Clock clock) {
    var secret = new AuthoritySecret(client, namespace, clock);
    for (int i = 1; ; i++) {
      try {
        return new Authority(secret.current(), clock);
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || i == TRIES) {
          throw e;
        }
        // Another operator was faster: what it has written counts.
      }
    }
  }

  private SortedMap<Integer, Identity> current() {
    Secret found = client.secrets().inNamespace(namespace).withName(NAME).get();
    SortedMap<Integer, Identity> generations = found == null ? new TreeMap<>() : read(found);
    Instant now = clock.instant();
    generations.values().removeIf(old -> old.certificate().getNotAfter().toInstant().isBefore(now));
    if (isFresh(generations, now)) {
      return generations;
    }
    int number = generations.isEmpty() ? 1 : generations.lastKey() + 1;
    generations.put(number, create(number, now));
    if (found == null) {
      client.resource(write(generations, null)).create();
    } else {
      client.resource(write(generations, found.getMetadata().getResourceVersion())).update();
    }
    return generations;
  }

  private static boolean isFresh(SortedMap<Integer, Identity> generations, Instant now) {
    return !generations.isEmpty()
        && generations
            .get(generations.lastKey())
            .certificate()
            .getNotBefore()
            .toInstant()
            .isAfter(now.minus(LONGEST_SIGNING));
  }

  private static Identity create(int number, Instant now) {
    Instant end = now.atOffset(ZoneOffset.UTC).plusYears(LIFE_YEARS).toInstant();
    return Certificates.selfSigned(
        new Request("streamjob-authority-" + number, Use.AUTHORITY, List.of(), now, end));
  }

  private static SortedMap<Integer, Identity> read(Secret secret) {
    var generations = new TreeMap<Integer, Identity>();
    Map<String, String> data = Optional.ofNullable(secret.getData()).orElse(Map.of());
    try {
      for (String file : data.keySet()) {
        if (file.startsWith(PREFIX) && file.endsWith(CERTIFICATE)) {
          String name = file.substring(0, file.length() - CERTIFICATE.length());
          generations.put(
              Integer.valueOf(name.substring(PREFIX.length())),
              Identity.parse(text(data.get(file)), text(data.getOrDefault(name + KEY, ""))));
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UnreadableException(
          "the Secret %s is damaged: restore it from a backup; if there is none, delete it, and for every StreamJob:"
                  .formatted(NAME)
              + " kubectl delete deployments,secrets -n NAMESPACE -l streamjob.io/job=NAME (the operator makes them"
              + " again, and the job goes on from its newest checkpoint)",
          e);
    }
    return generations;
  }

  private Secret write(SortedMap<Integer, Identity> generations, String version) {
    var data = new TreeMap<String, String>();
    generations.forEach((number, identity) -> {
      data.put(PREFIX + number + CERTIFICATE, base64(identity.certificatePem()));
      data.put(PREFIX + number + KEY, base64(identity.keyPem()));
    });
    return new SecretBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(namespace)
        .withResourceVersion(version)
        .endMetadata()
        .withType("Opaque")
        .withData(data)
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
  }
}
