package io.weakref.sample.experiment;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.weakref.context.NeverShrinksWarning;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/**
 * Remembers what the log has last said of the tiles, which it says once a day at most.
 */
@Component
class LoggedWarning extends AppenderBase<ILoggingEvent> implements InitializingBean, DisposableBean {

	private final Logger logger = (Logger) LoggerFactory.getLogger(NeverShrinksWarning.class);

	private volatile @Nullable String text;

	@Override
	public void afterPropertiesSet() {
		setContext(this.logger.getLoggerContext());
		start();
		this.logger.addAppender(this);
	}

	@Override
	public void destroy() {
		this.logger.detachAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		String message = event.getFormattedMessage();
		if (message.contains("'tiles'")) {
			this.text = message;
		}
	}

	@Nullable String text() {
		return this.text;
	}

}
