package io.streamjob.e2e.suite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/** The real S3, past the operator. */
final class Objects {

  static final String BUCKET = "flink";

  private final MinioClient client;
  private final URI endpoint;
  private final String accessKey;
  private final String secretKey;

  Objects(URI endpoint, Secret credentials) {
    this.endpoint = endpoint;
    this.accessKey = value(credentials, "accessKey");
    this.secretKey = value(credentials, "secretKey");
    this.client =
        MinioClient.builder()
            .endpoint(endpoint.toString())
            .credentials(accessKey, secretKey)
            .region("us-east-1")
            .build();
  }

  private static String value(Secret secret, String key) {
    return new String(Base64.getDecoder().decode(secret.getData().get(key)), UTF_8);
  }

  URI endpoint() {
    return endpoint;
  }

  String accessKey() {
    return accessKey;
  }

  String secretKey() {
    return secretKey;
  }

  /** The keys of all objects below a place written as s3://flink/... or as a prefix. */
  List<String> below(String place) {
    return items(place).stream().map(Item::objectName).toList();
  }

  /** The same, what was written last at the end. */
  List<String> byAge(String place) {
    return items(place).stream()
        .sorted(Comparator.comparing(Item::lastModified))
        .map(Item::objectName)
        .toList();
  }

  private List<Item> items(String place) {
    String prefix = key(place);
    List<Item> items = new ArrayList<>();
    try {
      for (Result<Item> result :
          client.listObjects(
              ListObjectsArgs.builder()
                  .bucket(BUCKET)
                  .prefix(prefix.endsWith("/") ? prefix : prefix + "/")
                  .recursive(true)
                  .build())) {
        Item item = result.get();
        if (!item.objectName().endsWith("/")) {
          items.add(item);
        }
      }
    } catch (MinioException e) {
      throw failed("list " + place, e);
    }
    return items;
  }

  private static String key(String place) {
    String root = "s3://" + BUCKET + "/";
    return place.startsWith(root) ? place.substring(root.length()) : place;
  }

  byte[] read(String key) {
    try (var in = client.getObject(GetObjectArgs.builder().bucket(BUCKET).object(key).build())) {
      return in.readAllBytes();
    } catch (MinioException | IOException e) {
      throw failed("read " + key, e);
    }
  }

  void write(String key, byte[] content) {
    try {
      client.putObject(
          PutObjectArgs.builder().bucket(BUCKET).object(key).data(content, content.length).build());
    } catch (MinioException e) {
      throw failed("write " + key, e);
    }
  }

  void remove(String key) {
    try {
      client.removeObject(RemoveObjectArgs.builder().bucket(BUCKET).object(key).build());
    } catch (MinioException e) {
      throw failed("remove " + key, e);
    }
  }

  private static IllegalStateException failed(String what, Exception cause) {
    return new IllegalStateException("the tests cannot %s in S3".formatted(what), cause);
  }
}
