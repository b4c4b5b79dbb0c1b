package io.weakref.autoconfigure.near;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.weakref.near.WhileUntrusted;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the near cache.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("weakref.near-cache")
public class NearCacheProperties {

	/**
	 * Whether to create a 'weakNearCacheManager' bean, which keeps one instance of each
	 * value in each JVM in front of the application's Redis.
	 */
	private boolean enabled;

	/**
	 * Name of the RedisCacheManager bean that is the second level. Not needed if there is
	 * only one.
	 */
	private @Nullable String cacheManager;

	/**
	 * Names of the caches of the manager. If none are given, caches are created on
	 * demand.
	 */
	private List<String> cacheNames = new ArrayList<>();

	/**
	 * Interval at which Redis is asked for a sign of life.
	 */
	private Duration heartbeat = Duration.ofSeconds(1);

	/**
	 * How long the first level is trusted after the last sign of life. At least two
	 * heartbeats.
	 */
	private Duration maxStaleness = Duration.ofSeconds(5);

	/**
	 * How the first level is used while changes in Redis may go unnoticed.
	 */
	private WhileUntrusted whileUntrusted = WhileUntrusted.BYPASS;

	/**
	 * How long hits of the first level are served while changes may go unnoticed, if
	 * 'while-untrusted' is 'serve'.
	 */
	private Duration serveFor = Duration.ofSeconds(30);

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getCacheManager() {
		return this.cacheManager;
	}

	public void setCacheManager(@Nullable String cacheManager) {
		this.cacheManager = cacheManager;
	}

	public List<String> getCacheNames() {
		return this.cacheNames;
	}

	public void setCacheNames(List<String> cacheNames) {
		this.cacheNames = cacheNames;
	}

	public Duration getHeartbeat() {
		return this.heartbeat;
	}

	public void setHeartbeat(Duration heartbeat) {
		this.heartbeat = heartbeat;
	}

	public Duration getMaxStaleness() {
		return this.maxStaleness;
	}

	public void setMaxStaleness(Duration maxStaleness) {
		this.maxStaleness = maxStaleness;
	}

	public WhileUntrusted getWhileUntrusted() {
		return this.whileUntrusted;
	}

	public void setWhileUntrusted(WhileUntrusted whileUntrusted) {
		this.whileUntrusted = whileUntrusted;
	}

	public Duration getServeFor() {
		return this.serveFor;
	}

	public void setServeFor(Duration serveFor) {
		this.serveFor = serveFor;
	}

}
