package io.streamjob.operator.storage;

import io.minio.DeleteObjectsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsV2Args;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import io.minio.messages.ListBucketResultV2;
import io.streamjob.operator.storage.StorageException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Plain objects over the MinIO client. */
record MinioObjectClient(MinioAsyncClient client, MinioFailures failures) implements ObjectClient {

  @Override
  public Page list(String bucket, String prefix, Depth depth, Optional<String> from) {
    ListObjectsV2Args.Builder request =
        ListObjectsV2Args.builder().bucket(bucket).prefix(prefix).maxKeys(PAGE).encodingType("url");
    from.ifPresent(request::continuationToken);
    if (depth == Depth.Children) {
      request.delimiter("/");
    }
    ListBucketResultV2 result = await(() -> client.listObjectsV2(request.build())).result();
    Stream<Item> items =
        Stream.concat(
            result.contents().stream(), result.commonPrefixes().stream().map(p -> p.toItem()));
    List<Entry> entries =
        items.map(item -> new Entry(item.objectName(), item.isDir() ? 0 : item.size())).toList();
    return new Page(
        entries,
        result.isTruncated()
            ? Optional.ofNullable(result.nextContinuationToken())
            : Optional.empty());
  }

  @Override
  public OptionalLong size(String bucket, String key) {
    try {
      return OptionalLong.of(
          await(() ->
                  client.statObject(StatObjectArgs.builder().bucket(bucket).object(key).build()))
              .size());
    } catch (StorageException failure) {
      if (failure.kind() == Kind.NotFound) {
        return OptionalLong.empty();
      }
      throw failure;
    }
  }

  @Override
  public Content open(String bucket, String key) {
    GetObjectResponse response =
        await(() -> client.getObject(GetObjectArgs.builder().bucket(bucket).object(key).build()));
    String length = response.headers().get("Content-Length");
    String tag = response.headers().get("ETag");
    return new Content(
        response, length == null ? Long.MAX_VALUE : Long.parseLong(length), tag == null ? "" : tag);
  }

  @Override
  public void put(String bucket, String key, byte[] content) {
    put(bucket, key, content, Map.of());
  }

  @Override
  public void put(String bucket, String key, byte[] content, Optional<String> replaced) {
    put(
        bucket,
        key,
        content,
        replaced.map(tag -> Map.of("If-Match", tag)).orElse(Map.of("If-None-Match", "*")));
  }

  private void put(String bucket, String key, byte[] content, Map<String, String> conditions) {
    await(() ->
        client.putObject(
            PutObjectArgs.builder()
                .bucket(bucket)
                .object(key)
                .data(content, content.length)
                .extraHeaders(conditions)
                .build()));
  }

  @Override
  public void remove(String bucket, List<String> keys) {
    List<DeleteRequest.Object> objects = keys.stream().map(DeleteRequest.Object::new).toList();
    DeleteResult result =
        await(() ->
                client.deleteObjects(
                    DeleteObjectsArgs.builder().bucket(bucket).objects(objects).build()))
            .result();
    result.errors().stream()
        .map(error -> failures.explain(error, bucket))
        .filter(failure -> failure.kind() != Kind.NotFound)
        .findFirst()
        .ifPresent(failure -> {
          throw failure;
        });
  }

  private interface Request<T> {
    CompletableFuture<T> send() throws MinioException;
  }

  /** Waits for the answer; requests end by themselves, because the HTTP client limits them. */
  private <T> T await(Request<T> request) {
    try {
      return request.send().get();
    } catch (ExecutionException | MinioException failure) {
      throw failures.explain(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StorageException(Kind.Unreachable, "storage was not waited for any longer");
    }
  }
}
