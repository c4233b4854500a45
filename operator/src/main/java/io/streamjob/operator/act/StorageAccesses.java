package io.streamjob.operator.act;

import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.StorageAccess;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import io.streamjob.operator.telemetry.Redactor;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a namespace's part of a storage profile is reached: with the credentials that lie in that
 * namespace's own Secret, read when they are needed and not kept.
 */
public final class StorageAccesses {

  private final Cluster cluster;
  private final Map<String, StorageProfile> profiles;
  private final Redactor redactor;
  private final Set<String> learnt = ConcurrentHashMap.newKeySet();

  /**
   * @param redactor learns all keys that are read
   */
  public StorageAccesses(Cluster cluster, Map<String, StorageProfile> profiles, Redactor redactor) {
    this.cluster = cluster;
    this.profiles = Map.copyOf(profiles);
    this.redactor = redactor;
  }

  /** A place that cannot be used as it is set up; the message says what to do. */
  public static final class UnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final String reason;

    UnusableException(String reason, String message) {
      super(message);
      this.reason = reason;
    }

    /** One word, as in a condition. */
    public String reason() {
      return reason;
    }
  }

  /**
   * The profile of that name.
   *
   * @throws UnusableException if the administrator has taken it away
   */
  public StorageProfile profile(String name) {
    return Optional.ofNullable(profiles.get(name))
        .orElseThrow(() ->
            new UnusableException(
                "ProfileMissing",
                "the operator has no storage profile %s any more: ask its administrator"
                    .formatted(name)));
  }

  /**
   * Access to one namespace's part of a profile and nothing else.
   *
   * @throws UnusableException if the namespace lacks the credentials
   */
  public StorageAccess open(String profileName, String namespace) {
    StorageProfile profile = profile(profileName);
    Map<String, String> secret =
        secret(namespace, profile.secretName())
            .orElseThrow(() ->
                new UnusableException(
                    "SecretMissing",
                    "namespace %s has no Secret %s: create it with the keys accessKey and secretKey"
                        .formatted(namespace, profile.secretName())));
    return new StorageAccess(
        path(profile.namespaceFolder(namespace)),
        profile.endpoint().orElseGet(() -> amazon(profile.region())),
        profile.region(),
        addressing(profile),
        new Credentials(value(secret, profile, "accessKey"), value(secret, profile, "secretKey")));
  }

  /**
   * Has the keys of a namespace known before anything is heard from its pods, once in the life of
   * this process; later ones are learnt whenever they are used.
   */
  public void learn(String namespace) {
    if (learnt.contains(namespace)) {
      return;
    }
    for (StorageProfile profile : profiles.values()) {
      try {
        Optional<Map<String, String>> unused = secret(namespace, profile.secretName());
      } catch (UnusableException e) {
        // What may not be read is not known to anybody here.
      }
    }
    learnt.add(namespace);
  }

  private Optional<Map<String, String>> secret(String namespace, String name) {
    try {
      Optional<Map<String, String>> found = cluster.secret(namespace, name);
      found.ifPresent(values -> redactor.learn(values.values()));
      return found;
    } catch (Cluster.RefusedException e) {
      throw new UnusableException(e.reason(), e.getMessage());
    }
  }

  /** A folder as the storage adapter writes it. */
  public static SnapshotPath path(String location) {
    return SnapshotPath.parse(location);
  }

  private static String value(Map<String, String> secret, StorageProfile profile, String key) {
    String value = secret.getOrDefault(key, "");
    if (value.isEmpty()) {
      throw new UnusableException(
          "SecretIncomplete",
          "Secret %s has no %s: add the key".formatted(profile.secretName(), key));
    }
    return value;
  }

  private static URI amazon(String region) {
    return URI.create("https://s3." + region + ".amazonaws.com");
  }

  private static StorageAccess.Addressing addressing(StorageProfile profile) {
    return switch (profile.addressing()) {
      case PathStyle -> StorageAccess.Addressing.PathStyle;
      case VirtualHost -> StorageAccess.Addressing.VirtualHost;
    };
  }
}
