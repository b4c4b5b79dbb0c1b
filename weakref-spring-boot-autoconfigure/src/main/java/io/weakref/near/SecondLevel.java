package io.weakref.near;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The second level of one near cache, which all JVMs share. Every method except
 * {@link #retrieve} blocks until the second level has answered, so that a write is
 * complete when its method returns.
 *
 * @since 0.1.0
 */
public interface SecondLevel {

	/**
	 * Return the name of the cache.
	 * @return the name
	 */
	String name();

	/**
	 * Return the prefix with which every key begins.
	 * @return the prefix, not empty
	 */
	byte[] prefix();

	/**
	 * Return whether the second level stores nulls.
	 * @return whether it does
	 */
	boolean allowsNull();

	/**
	 * Convert a key of the application.
	 * @param key the key of the application
	 * @return the key
	 */
	NearKey key(Object key);

	/**
	 * Turn a value into bytes.
	 * @param storeValue the value, or the placeholder for null
	 * @return its bytes
	 */
	byte[] serialize(Object storeValue);

	/**
	 * Turn bytes into a value.
	 * @param bytes the bytes
	 * @return a new value, or the placeholder for null
	 */
	@Nullable Object deserialize(byte[] bytes);

	/**
	 * Read a key.
	 * @param key the key
	 * @return the bytes of its value, or null if it has none
	 */
	byte @Nullable [] get(NearKey key);

	/**
	 * Read a key without blocking.
	 * @param key the key
	 * @return a future of what {@link #get} returns; it may complete on a thread that
	 * must not wait
	 */
	CompletableFuture<byte @Nullable []> retrieve(NearKey key);

	/**
	 * Write a key.
	 * @param key the key
	 * @param original the key of the application
	 * @param value the value; null only if nulls are stored
	 * @param bytes the bytes of the value
	 */
	void put(NearKey key, Object original, @Nullable Object value, byte[] bytes);

	/**
	 * Write a key unless it has a value.
	 * @param key the key
	 * @param original the key of the application
	 * @param value the value; null only if nulls are stored
	 * @param bytes the bytes of the value
	 * @return the bytes of the value that stays, or null if there was none
	 */
	byte @Nullable [] putIfAbsent(NearKey key, Object original, @Nullable Object value, byte[] bytes);

	/**
	 * Remove a key.
	 * @param key the key
	 * @return whether it had a value
	 */
	boolean evict(NearKey key);

	/**
	 * Remove every key of the cache.
	 * @return whether there was a key
	 */
	boolean clear();

	/**
	 * Return whether the current thread may wait for the second level. A thread that
	 * delivers the answers of the second level may not.
	 * @return whether it may
	 */
	boolean mayBlock();

}
