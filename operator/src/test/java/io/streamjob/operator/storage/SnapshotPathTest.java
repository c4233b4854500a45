package io.streamjob.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamjob.operator.storage.StorageException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotPathTest {

  @ParameterizedTest
  @CsvSource({
    "s3://bucket,                 s3://bucket,                s3,  bucket, ''",
    "s3://bucket/,                s3://bucket,                s3,  bucket, ''",
    "s3://bucket/a,               s3://bucket/a,              s3,  bucket, a",
    "s3://bucket/a/b/,            s3://bucket/a/b,            s3,  bucket, a/b",
    "s3a://my.bucket-1/a,         s3a://my.bucket-1/a,        s3a, my.bucket-1, a",
    "s3p://Old_Bucket/savepoint-1-2, s3p://Old_Bucket/savepoint-1-2, s3p, Old_Bucket, savepoint-1-2",
    "s3://bucket/with space/...,  s3://bucket/with space/..., s3,  bucket, with space/...",
    "s3://bucket/ünïcode/a=b&c+d, s3://bucket/ünïcode/a=b&c+d, s3, bucket, ünïcode/a=b&c+d",
  })
  void hasOneSpelling(String location, String spelling, String scheme, String bucket, String key) {
    SnapshotPath path = SnapshotPath.parse(location);

    assertThat(path).isEqualTo(new SnapshotPath(scheme, bucket, key)).hasToString(spelling);
    assertThat(SnapshotPath.parse(spelling)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "bucket/a",
        "file:///a/b",
        "http://bucket/a",
        "S3://bucket/a",
        "s3:/bucket/a",
        "s3:///a",
        "s3://b/a",
        "s3://user@bucket/a",
        "s3://user:secret@bucket/a",
        "s3://bucket:9000/a",
        "s3://..bucket/a",
        "s3://bucket//",
        "s3://bucket//a",
        "s3://bucket/a//b",
        "s3://bucket/a//",
        "s3://bucket/./a",
        "s3://bucket/a/.",
        "s3://bucket/..",
        "s3://bucket/a/../b",
        "s3://bucket/a/..",
        "s3://bucket/a/%2e%2e/b",
        "s3://bucket/a%2fb",
        "s3://bucket/a\\..\\b",
        "s3://bucket/a?versionId=1",
        "s3://bucket/a#b",
        "s3://bucket/a\nb",
        "s3://bucket/a\u0000b",
        " s3://bucket/a",
      })
  void refusesEveryOtherSpelling(String location) {
    assertThatThrownBy(() -> SnapshotPath.parse(location))
        .isInstanceOfSatisfying(
            StorageException.class,
            refused -> assertThat(refused.kind()).isEqualTo(Kind.OutsideBoundary));
  }

  @Test
  void refusesKeysLongerThanS3Allows() {
    SnapshotPath bucket = SnapshotPath.parse("s3://bucket");

    assertThat(bucket.resolve("ü".repeat(512)).key()).hasSize(512);
    assertThatThrownBy(() -> bucket.resolve("ü".repeat(513))).isInstanceOf(StorageException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "s3://bucket/shop, s3://bucket/shop/a,   true",
    "s3://bucket/shop, s3://bucket/shop/a/b, true",
    "s3://bucket/shop, s3a://bucket/shop/a,  true",
    "s3://bucket,      s3://bucket/shop,     true",
    "s3://bucket/shop, s3://bucket/shop,     false",
    "s3://bucket,      s3://bucket,          false",
    "s3://bucket/shop, s3://bucket/shop2,    false",
    "s3://bucket/shop, s3://bucket/shop2/a,  false",
    "s3://bucket/shop, s3://bucket,          false",
    "s3://bucket/shop, s3://bucket/Shop/a,   false",
    "s3://bucket/shop, s3://bucket2/shop/a,  false",
    "s3://bucket/a/b,  s3://bucket/a/c,      false",
  })
  void containsOnlyWhatLiesStrictlyBelow(String outer, String inner, boolean contained) {
    assertThat(SnapshotPath.parse(outer).contains(SnapshotPath.parse(inner))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a", "a/", "a//b", "..", "../a", "a/../../b", "a/%2e%2e"})
  void resolvesDownwardsOnly(String relative) {
    SnapshotPath folder = SnapshotPath.parse("s3://bucket/a");

    assertThatThrownBy(() -> folder.resolve(relative)).isInstanceOf(StorageException.class);
  }

  @Test
  void knowsItsNeighbours() {
    SnapshotPath path = SnapshotPath.parse("s3://bucket/a/b");

    assertThat(path.name()).isEqualTo("b");
    assertThat(path.prefix()).isEqualTo("a/b/");
    assertThat(path.resolve("c/d")).hasToString("s3://bucket/a/b/c/d");
    assertThat(path.parent()).contains(SnapshotPath.parse("s3://bucket/a"));
    assertThat(path.parent().flatMap(SnapshotPath::parent))
        .contains(SnapshotPath.parse("s3://bucket"));
    assertThat(SnapshotPath.parse("s3://bucket").parent()).isEmpty();
    assertThat(SnapshotPath.parse("s3://bucket").prefix()).isEmpty();
    assertThat(path.isSamePlace(SnapshotPath.parse("s3p://bucket/a/b/"))).isTrue();
    assertThat(path.withSchemeOf(SnapshotPath.parse("s3a://other")))
        .hasToString("s3a://bucket/a/b");
  }
}
