package io.weakref.actuate;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * An {@link EndpointWebExtension @EndpointWebExtension} that answers operations on a
 * cache with a status code: 204, or 404 for an unknown name.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = WeakrefEndpoint.class)
public final class WeakrefEndpointWebExtension {

	private final WeakrefEndpoint endpoint;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint that does the work
	 */
	public WeakrefEndpointWebExtension(WeakrefEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Remove the entries of one cache whose weak side has died, immediately.
	 * @param cache its name
	 * @return 204 or 404
	 */
	@WriteOperation
	public WebEndpointResponse<Void> purge(@Selector String cache) {
		return done(this.endpoint.purge(cache) != null);
	}

	/**
	 * Remove every entry of one cache, except locks that are in use.
	 * @param cache its name
	 * @return 204 or 404
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> clear(@Selector String cache) {
		return done(this.endpoint.clear(cache) != null);
	}

	private static WebEndpointResponse<Void> done(boolean found) {
		return new WebEndpointResponse<>(
				found ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
