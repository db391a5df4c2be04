"""数据共享中心 exchange: parcels between units, sealed, with receipts or refusals."""
