package io.weakref.near;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A second level of strings in this JVM, for tests of what does not depend on a server.
 */
final class InMemorySecondLevel implements SecondLevel {

	private final String name;

	private final Map<NearKey, byte[]> values = new ConcurrentHashMap<>();

	InMemorySecondLevel(String name) {
		this.name = name;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public byte[] prefix() {
		return serialize(this.name + "::");
	}

	@Override
	public boolean allowsNull() {
		return false;
	}

	@Override
	public NearKey key(Object key) {
		return new NearKey(serialize(this.name + "::" + key));
	}

	@Override
	public byte[] serialize(Object storeValue) {
		return storeValue.toString().getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public Object deserialize(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	@Override
	public byte @Nullable [] get(NearKey key) {
		return this.values.get(key);
	}

	@Override
	public CompletableFuture<byte @Nullable []> retrieve(NearKey key) {
		return CompletableFuture.completedFuture(get(key));
	}

	@Override
	public void put(NearKey key, Object original, @Nullable Object value, byte[] bytes) {
		this.values.put(key, bytes);
	}

	@Override
	public byte @Nullable [] putIfAbsent(NearKey key, Object original, @Nullable Object value, byte[] bytes) {
		return this.values.putIfAbsent(key, bytes);
	}

	@Override
	public boolean evict(NearKey key) {
		return this.values.remove(key) != null;
	}

	@Override
	public boolean clear() {
		boolean any = !this.values.isEmpty();
		this.values.clear();
		return any;
	}

	@Override
	public boolean mayBlock() {
		return true;
	}

	/** Return an invalidation that is always trusted and never reports a change. */
	static NearInvalidation invalidation() {
		return new NearInvalidation() {

			@Override
			public Subscription subscribe(byte[] prefix, Listener listener) {
				return (key) -> 0;
			}

			@Override
			public Trust trust() {
				return Trust.TRUSTED;
			}

		};
	}

}
