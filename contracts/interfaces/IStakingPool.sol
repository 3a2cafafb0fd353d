// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IPoolBooks} from "./IPoolBooks.sol";
import {IPoolClosing} from "./IPoolClosing.sol";
import {IPoolDeposits} from "./IPoolDeposits.sol";
import {IPoolRedemptions} from "./IPoolRedemptions.sol";

/// @title StakingPool
/// @notice Takes ETH, gives non-rebasing shares (ERC-20, ERC-2612) by ERC-7535, takes them back by ERC-7540, hands
/// ETH to ValidatorManager for validators and keeps the books. All amounts in wei, all shares with 18 decimals.
/// @dev Assets are booked, never read from balances, so ETH sent in unasked moves no rate. Every rounding favours the
/// holders who stay. At least 1 ETH worth of shares is locked for ever at deployment, so supply is never zero and the
/// rate can't be inflated from an empty pool. Shares can't be transferred to this contract: they could never leave
/// it.
// solhint-disable-next-line no-empty-blocks
interface IStakingPool is IERC20, IERC165, IPoolDeposits, IPoolRedemptions, IPoolBooks, IPoolClosing {}
