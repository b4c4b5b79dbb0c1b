package io.weakref.near.redis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips tests if {@code redis-server} is not installed, unless
 * {@code -Dredis.required=true} is set. {@code -Dredis.server} names another binary, such
 * as that of Valkey.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(RequiresRedis.Condition.class)
public @interface RequiresRedis {

	/**
	 * Whether there is a server.
	 */
	final class Condition implements ExecutionCondition {

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			if (RedisServer.isInstalled() || Boolean.getBoolean("redis.required")) {
				return ConditionEvaluationResult.enabled("There is a Redis server, or there must be one");
			}
			String reason = "SKIPPED %s: there is no %s (Debian: apt-get install redis-server)"
				.formatted(context.getDisplayName(), RedisServer.binary());
			System.err.println(reason);
			return ConditionEvaluationResult.disabled(reason);
		}

	}

}
