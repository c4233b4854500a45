/** What the operator tells of itself: health. */
package io.streamjob.operator.tls;
