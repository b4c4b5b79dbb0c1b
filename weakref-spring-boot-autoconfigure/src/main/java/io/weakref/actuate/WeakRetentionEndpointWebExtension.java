package io.weakref.actuate;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * An {@link EndpointWebExtension @EndpointWebExtension} that answers with a status code:
 * 202 if the analysis was started, 409 while another one is running, 404 for an unknown
 * name.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = WeakRetentionEndpoint.class)
public final class WeakRetentionEndpointWebExtension {

	private static final int ACCEPTED = 202;

	private static final int CONFLICT = 409;

	private final WeakRetentionEndpoint endpoint;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint that does the work
	 */
	public WeakRetentionEndpointWebExtension(WeakRetentionEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Start to analyze what holds the entries of a cache.
	 * @param cache its name
	 * @return 202, 409 or 404
	 */
	@WriteOperation
	public WebEndpointResponse<Void> examine(@Selector String cache) {
		return new WebEndpointResponse<>(switch (this.endpoint.examine(cache)) {
			case STARTED -> ACCEPTED;
			case ALREADY_RUNNING -> CONFLICT;
			case UNKNOWN_CACHE -> WebEndpointResponse.STATUS_NOT_FOUND;
		});
	}

}
