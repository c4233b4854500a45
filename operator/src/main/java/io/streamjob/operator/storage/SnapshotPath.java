package io.streamjob.operator.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamjob.operator.storage.StorageException.Kind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in object storage, {@code s3://bucket/a/b}: parsed, normalised and safe to compare.
 *
 * <p>There is one spelling of each place: no trailing slash, no empty, {@code .} or {@code ..}
 * segment, and none of {@code % ? # \} or control characters, which some clients decode and others
 * do not. What has another spelling is refused rather than repaired.
 *
 * @param scheme {@code s3}, {@code s3a} or {@code s3p}: Flink's names for the same storage
 * @param bucket 3 to 63 letters, digits, dots, hyphens or underscores
 * @param key at most 1024 bytes in UTF-8, without slashes at its ends; empty for the bucket itself
 */
public record SnapshotPath(String scheme, String bucket, String key) {

  private static final Pattern LOCATION =
      Pattern.compile("(s3|s3a|s3p)://([A-Za-z0-9][A-Za-z0-9._-]{2,62})(?:/(.*))?", Pattern.DOTALL);
  private static final int MAX_KEY_BYTES = 1024;

  public SnapshotPath {
    if (!LOCATION.matcher(scheme + "://" + bucket).matches()) {
      throw refused(scheme + "://" + bucket, "it is not s3://bucket/folder");
    }
    if (!key.isEmpty()) {
      checkSegments(key);
    }
    if (key.getBytes(UTF_8).length > MAX_KEY_BYTES) {
      throw refused(key, "it is longer than " + MAX_KEY_BYTES + " bytes");
    }
  }

  /**
   * Reads a location as Flink or a user wrote it.
   *
   * @param location {@code s3://bucket/folder}; one trailing slash is dropped
   * @throws StorageException of kind OutsideBoundary when it is not such a location
   */
  public static SnapshotPath parse(String location) {
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches()) {
      throw refused(location, "it is not s3://bucket/folder");
    }
    String key = Optional.ofNullable(matcher.group(3)).orElse("");
    String trimmed = key.endsWith("/") ? key.substring(0, key.length() - 1) : key;
    if (trimmed.isEmpty() && !key.isEmpty()) {
      throw refused(location, "it has an empty segment");
    }
    return new SnapshotPath(matcher.group(1), matcher.group(2), trimmed);
  }

  /**
   * A place below this one.
   *
   * @param relative one or more segments separated by single slashes
   * @throws StorageException of kind OutsideBoundary when it could lead anywhere but down
   */
  public SnapshotPath resolve(String relative) {
    checkSegments(relative);
    return new SnapshotPath(scheme, bucket, prefix() + relative);
  }

  /** Whether {@code other} lies strictly below this place; the scheme does not matter. */
  public boolean contains(SnapshotPath other) {
    return bucket.equals(other.bucket) && !other.key.equals(key) && other.key.startsWith(prefix());
  }

  /** Whether both are the same place; the scheme does not matter. */
  public boolean isSamePlace(SnapshotPath other) {
    return bucket.equals(other.bucket) && key.equals(other.key);
  }

  /** What the keys of all objects below this place begin with. */
  public String prefix() {
    return key.isEmpty() ? "" : key + "/";
  }

  /** The last segment; empty for a bucket. */
  public String name() {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  /** The place that this one lies in; empty for a bucket. */
  public Optional<SnapshotPath> parent() {
    if (key.isEmpty()) {
      return Optional.empty();
    }
    int slash = key.lastIndexOf('/');
    return Optional.of(new SnapshotPath(scheme, bucket, key.substring(0, Math.max(slash, 0))));
  }

  /** The same place, written with {@code other}'s scheme. */
  public SnapshotPath withSchemeOf(SnapshotPath other) {
    return new SnapshotPath(other.scheme, bucket, key);
  }

  /** The location, without a trailing slash. */
  @Override
  public String toString() {
    return scheme + "://" + bucket + (key.isEmpty() ? "" : "/" + key);
  }

  private static void checkSegments(String path) {
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw refused(path, "it has an empty, '.' or '..' segment");
      }
    }
    if (path.chars().anyMatch(c -> Character.isISOControl(c) || "%?#\\".indexOf(c) >= 0)) {
      throw refused(path, "it has one of % ? # \\ or a control character");
    }
  }

  private static StorageException refused(String path, String why) {
    return new StorageException(
        Kind.OutsideBoundary, "the storage location '" + path + "' is refused: " + why);
  }
}
