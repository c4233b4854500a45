package io.streamjob.operator.storage;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import io.minio.messages.ErrorResponse;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Turns what the MinIO client throws into what a user can act on. Causes are not kept: they carry
 * whole requests, with signatures.
 */
record MinioFailures(StorageAccess access) {

  StorageException explain(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause.getClass() == io.minio.errors.MinioException.class)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case StorageException known -> known;
      case ErrorResponseException error ->
          explain(error.errorResponse(), access.root().bucket(), error.response().code());
      case ServerException error -> unreachable("answered with status " + error.statusCode());
      case InvalidResponseException error ->
          failed(Kind.Other, "does not answer like S3; check the endpoint");
      case XmlParserException error ->
          failed(
              Kind.Other,
              "answers with something else than S3, or with more than is read; check the endpoint");
      case IOException error ->
          unreachable("cannot be reached (" + describe(error) + "); check the endpoint");
      default -> failed(Kind.Other, "failed: " + cause.getClass().getSimpleName());
    };
  }

  /** One object's failure within a removal of several. */
  StorageException explain(ErrorResponse error, String bucket) {
    return explain(error, bucket, 200);
  }

  private StorageException explain(ErrorResponse error, String bucket, int status) {
    String code = String.valueOf(error.code());
    return switch (code) {
      case "NoSuchBucket" ->
          failed(
              Kind.BucketMissing, "has no bucket '" + bucket + "'; create it or correct the name");
      case "NoSuchKey", "NoSuchObject", "NoSuchVersion" ->
          failed(Kind.NotFound, "has no object '" + error.objectName() + "'");
      case "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "InvalidToken",
          "ExpiredToken",
          "InvalidSecurity",
          "XAdminUserNotFound", // versitygw, for an unknown access key
          "AuthorizationHeaderMalformed" ->
          failed(
              Kind.CredentialsRefused,
              "refuses the credentials (" + code + "); check access key, secret key and region");
      case "AccessDenied", "AllAccessDisabled", "Forbidden" ->
          failed(
              Kind.AccessDenied,
              "denies access (" + code + "); allow list, get, put and delete on '" + bucket + "'");
      case "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "Busy" ->
          unreachable("cannot serve now (" + code + ")");
      case "PreconditionFailed", "ConditionalRequestConflict" ->
          failed(Kind.Changed, "has another version of '" + error.objectName() + "' by now");
      case "NotImplemented" -> failed(Kind.Unsupported, "does not know this request");
      case "RequestTimeTooSkewed" -> failed(Kind.Other, "says that this machine's clock is wrong");
      case "PermanentRedirect", "TemporaryRedirect", "Redirect", "MovedPermanently" ->
          failed(Kind.Other, "redirects; set the endpoint and region of the bucket");
      default ->
          status >= 500
              ? unreachable("cannot serve now (" + code + ")")
              : failed(Kind.Other, "answered " + code + ": " + error.message());
    };
  }

  private StorageException unreachable(String what) {
    return failed(Kind.Unreachable, what);
  }

  private StorageException failed(Kind kind, String what) {
    return new StorageException(kind, "storage at " + access.endpoint() + " " + scrub(what));
  }

  private String describe(IOException error) {
    String message = error.getMessage();
    return error.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  /** Without the keys: some of the words are others'. */
  private String scrub(String text) {
    return text.replace(access.credentials().secretKey(), "[hidden]")
        .replace(access.credentials().accessKey(), "[hidden]");
  }
}
