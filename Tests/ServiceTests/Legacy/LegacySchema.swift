extension LegacyDatabase {
  /// The seeds' tables with their types, and what was added to them later.
  static let schema = """
    CREATE TYPE currency_type AS ENUM ('BTC','ETH','USDT','USDC','LTC','XMR','BCH','BNB','TRX',
      'DOGE','XRP','ADA','DOT','SOL','MATIC','AVAX');
    CREATE TYPE network_type AS ENUM ('BTC','ETH','TRX','BSC','MATIC','AVAX','SOL','LTC','BCH',
      'XMR');
    CREATE TYPE flow_type AS ENUM ('standard', 'fixed-rate');
    CREATE TYPE type_type AS ENUM ('direct', 'reverse');
    CREATE TABLE registered_users (
      user_id UUID PRIMARY KEY, username VARCHAR(50) UNIQUE NOT NULL,
      email VARCHAR(255) UNIQUE NOT NULL, password_hash VARCHAR(255) NOT NULL,
      is_active BOOLEAN DEFAULT TRUE, email_verified BOOLEAN DEFAULT FALSE,
      verification_token VARCHAR(255), verification_token_expires TIMESTAMP,
      reset_token VARCHAR(255), reset_token_expires TIMESTAMP, created_at TIMESTAMP DEFAULT NOW(),
      updated_at TIMESTAMP DEFAULT NOW(), last_login TIMESTAMP);
    CREATE TABLE main_clients_database (
      id SERIAL PRIMARY KEY, open_channel_id VARCHAR(14) UNIQUE NOT NULL,
      open_channel_title VARCHAR(30), open_channel_description VARCHAR(140),
      closed_channel_id VARCHAR(14) UNIQUE NOT NULL, closed_channel_title VARCHAR(30),
      closed_channel_description VARCHAR(140), sub_1_price NUMERIC(10,2) NOT NULL,
      sub_1_time SMALLINT NOT NULL, sub_2_price NUMERIC(10,2), sub_2_time SMALLINT,
      sub_3_price NUMERIC(10,2), sub_3_time SMALLINT, client_wallet_address VARCHAR(95) NOT NULL,
      client_payout_currency currency_type NOT NULL, client_payout_network network_type,
      payout_strategy VARCHAR(20) DEFAULT 'instant', payout_threshold_usd NUMERIC(10,2) DEFAULT 0,
      payout_threshold_updated_at TIMESTAMP, client_id UUID, created_by VARCHAR(50),
      updated_at TIMESTAMP DEFAULT NOW());
    CREATE TABLE private_channel_users_database (
      id SERIAL PRIMARY KEY, private_channel_id VARCHAR(14) NOT NULL, user_id BIGINT NOT NULL,
      sub_time SMALLINT NOT NULL, sub_price VARCHAR(6) NOT NULL, timestamp TIME NOT NULL,
      datestamp DATE NOT NULL, expire_time TIME NOT NULL, expire_date DATE NOT NULL,
      is_active BOOLEAN NOT NULL, nowpayments_payment_id VARCHAR(50),
      nowpayments_invoice_id VARCHAR(50), nowpayments_order_id VARCHAR(100),
      nowpayments_pay_address VARCHAR(255), nowpayments_payment_status VARCHAR(50),
      nowpayments_pay_amount NUMERIC(30,18), nowpayments_outcome_amount_usd NUMERIC(20,8),
      nowpayments_created_at TIMESTAMP, nowpayments_updated_at TIMESTAMP,
      payment_status VARCHAR(20) DEFAULT 'pending', UNIQUE (user_id, private_channel_id));
    CREATE TABLE payout_accumulation (
      id SERIAL PRIMARY KEY, client_id VARCHAR(14) NOT NULL, user_id BIGINT NOT NULL,
      subscription_id INTEGER, payment_amount_usd NUMERIC(10,2) NOT NULL,
      payment_currency VARCHAR(10) NOT NULL, payment_timestamp TIMESTAMP NOT NULL,
      accumulated_amount_usdt NUMERIC(18,8) NOT NULL, eth_to_usdt_rate NUMERIC(18,8),
      conversion_timestamp TIMESTAMP, conversion_tx_hash VARCHAR(100),
      client_wallet_address VARCHAR(200) NOT NULL, client_payout_currency VARCHAR(10) NOT NULL,
      client_payout_network VARCHAR(50) NOT NULL, is_paid_out BOOLEAN DEFAULT FALSE,
      payout_batch_id VARCHAR(50), paid_out_at TIMESTAMP, created_at TIMESTAMP DEFAULT NOW(),
      updated_at TIMESTAMP DEFAULT NOW(), conversion_status VARCHAR(50) DEFAULT 'pending',
      conversion_attempts INTEGER DEFAULT 0, last_conversion_attempt TIMESTAMP,
      batch_conversion_id UUID, nowpayments_payment_id VARCHAR(50),
      nowpayments_pay_address VARCHAR(255), nowpayments_outcome_amount NUMERIC(30,18));
    CREATE TABLE payout_batches (
      batch_id VARCHAR(50) PRIMARY KEY, client_id VARCHAR(14) NOT NULL,
      client_wallet_address VARCHAR(200) NOT NULL, client_payout_currency VARCHAR(10) NOT NULL,
      client_payout_network VARCHAR(50) NOT NULL, total_amount_usdt NUMERIC(18,8) NOT NULL,
      total_payments_count INTEGER NOT NULL, payout_amount_crypto NUMERIC(18,8),
      usdt_to_crypto_rate NUMERIC(18,8), conversion_fee NUMERIC(18,8), cn_api_id VARCHAR(100),
      cn_payin_address VARCHAR(200), tx_hash VARCHAR(100), tx_status VARCHAR(20),
      status VARCHAR(20) DEFAULT 'pending', created_at TIMESTAMP DEFAULT NOW(),
      processing_started_at TIMESTAMP, completed_at TIMESTAMP);
    CREATE TABLE split_payout_request (
      unique_id CHAR(16) PRIMARY KEY, user_id BIGINT NOT NULL, closed_channel_id VARCHAR(14),
      from_currency currency_type, to_currency currency_type, from_network network_type,
      to_network network_type, from_amount NUMERIC(20,8), to_amount NUMERIC(30,8),
      client_wallet_address VARCHAR(95), refund_address VARCHAR(95),
      flow flow_type DEFAULT 'standard', type type_type DEFAULT 'direct',
      actual_eth_amount NUMERIC(20,18) DEFAULT 0, created_at TIMESTAMPTZ DEFAULT NOW(),
      updated_at TIMESTAMPTZ DEFAULT NOW());
    CREATE TABLE split_payout_que (LIKE split_payout_request INCLUDING DEFAULTS,
      cn_api_id VARCHAR(14) NOT NULL, payin_address VARCHAR(95), payout_address VARCHAR(95));
    CREATE TABLE split_payout_hostpay (
      unique_id VARCHAR(64), cn_api_id VARCHAR(16), from_currency currency_type,
      from_network network_type, from_amount NUMERIC(20,8), payin_address VARCHAR(95),
      is_complete BOOLEAN DEFAULT FALSE, tx_hash VARCHAR(66),
      tx_status VARCHAR(20) DEFAULT 'pending', gas_used INTEGER, block_number INTEGER,
      actual_eth_amount NUMERIC(20,18), created_at TIMESTAMP DEFAULT NOW(),
      updated_at TIMESTAMP DEFAULT NOW());
    """
}
